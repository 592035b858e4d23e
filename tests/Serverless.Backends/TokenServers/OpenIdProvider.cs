using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Serverless.Backends.Apps;

namespace Serverless.Backends.TokenServers;

/// <summary>An OpenID provider with its configuration and its keys, by which a test signs tokens.</summary>
public sealed class OpenIdProvider : IAsyncDisposable
{
    /// <summary>Whom its tokens are for.</summary>
    public const string Audience = "api://events";

    private const string KeysPath = "/keys";
    private readonly RecordingApp _server;
    private readonly Dictionary<string, RSA> _keys = [];

    private OpenIdProvider(RecordingApp server)
    {
        _server = server;
        AddKey("k1");
        server.Script = (request, _) => Task.FromResult(AppReply.Json(request.Path == KeysPath ? Keys() : $$"""{"issuer":"{{Issuer}}","jwks_uri":"{{server.Address}}keys"}"""));
    }

    /// <summary>Its name in tokens.</summary>
    public string Issuer => $"{_server.Address}issuer";

    /// <summary>Where its configuration is.</summary>
    public Uri Configuration => new(_server.Address, "issuer/.well-known/openid-configuration");

    /// <summary>How often the keys were read.</summary>
    public int Reads => _server.Of("GET", KeysPath).Count;

    public static async Task<OpenIdProvider> StartAsync() => new(await RecordingApp.StartAsync());

    /// <summary>Adds a key of its own making.</summary>
    public void AddKey(string id) => _keys.Add(id, RSA.Create(2048));

    /// <summary>Nobody listens any more.</summary>
    public Task StopAsync() => _server.StopAsync();

    /// <summary>It listens again.</summary>
    public Task StartAgainAsync() => _server.StartAgainAsync();

    /// <summary>A token that is good until something in it is changed.</summary>
    public string Sign(DateTimeOffset now, Action<JsonObject>? change = null, string key = "k1", string algorithm = "RS256")
    {
        var claims = new JsonObject { ["iss"] = Issuer, ["aud"] = Audience, ["exp"] = now.ToUnixTimeSeconds() + 600, ["nbf"] = now.ToUnixTimeSeconds(), ["azp"] = "sender" };
        change?.Invoke(claims);
        var signed = $"{Encode(new JsonObject { ["alg"] = algorithm, ["typ"] = "JWT", ["kid"] = key })}.{Encode(claims)}";
        return $"{signed}.{Base64Url.EncodeToString(_keys[key].SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        foreach (var key in _keys.Values)
        {
            key.Dispose();
        }
    }

    private string Keys() => new JsonObject
    {
        ["keys"] = new JsonArray([new JsonObject { ["kid"] = "ec", ["kty"] = "EC" }, .. _keys.Select(key =>
        {
            var parameters = key.Value.ExportParameters(includePrivateParameters: false);
            return new JsonObject { ["kid"] = key.Key, ["kty"] = "RSA", ["use"] = "sig", ["n"] = Base64Url.EncodeToString(parameters.Modulus), ["e"] = Base64Url.EncodeToString(parameters.Exponent) };
        })]),
    }.ToJsonString();

    private static string Encode(JsonObject part) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(part.ToJsonString()));
}
