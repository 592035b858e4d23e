using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Serverless.Backends.Faults;

namespace Serverless.Backends.SignalR;

/// <summary>The data-plane REST API of Azure SignalR Service: the documented routes, and the check of the documented token.</summary>
/// <remarks>https://learn.microsoft.com/azure/azure-signalr/signalr-reference-data-plane-rest-api and …/swagger for version 2022-11-01.</remarks>
public sealed partial class SignalRServer : FaultyServer
{
    /// <summary>The access key.</summary>
    public const string Key = "K5ignalr+Key/0123456789abcdefghijklmnopqrstuvw=";

    private const string Version = "2022-11-01";
    private readonly ConcurrentQueue<(string Path, string Body)> _messages = new();

    private SignalRServer()
        : base(null, withHttp: true)
    {
    }

    /// <summary>The service's http address.</summary>
    public string Endpoint => $"http://127.0.0.1:{HttpPort}";

    /// <summary>What was sent: the route's part behind <c>/api/hubs/</c>, escaped as it came, and the body.</summary>
    public IReadOnlyList<(string Path, string Body)> Messages => [.. _messages];

    /// <summary>The service's https address, where tokens of Entra are taken too.</summary>
    public string SecureEndpoint => $"https://localhost:{HttpsPort}";

    /// <summary>The tokens of Entra that are valid.</summary>
    public Func<IEnumerable<string>> EntraTokens { get; set; } = () => [];

    /// <summary>Starts a service.</summary>
    public static async Task<SignalRServer> StartAsync()
    {
        var server = new SignalRServer();
        await server.ListenAsync();
        return server;
    }

    /// <summary>The claims of a token that the key has signed and that has not ended; null for any other.</summary>
    public static JsonNode? ReadToken(string token)
    {
        var parts = token.Split('.');
        var expected = HMACSHA256.HashData(Encoding.UTF8.GetBytes(Key), Encoding.UTF8.GetBytes($"{parts[0]}.{parts.ElementAtOrDefault(1)}"));
        if (parts.Length != 3 || !CryptographicOperations.FixedTimeEquals(expected, Base64Url.DecodeFromChars(parts[2])))
        {
            return null;
        }

        var header = JsonNode.Parse(Base64Url.DecodeFromChars(parts[0]))!;
        var claims = JsonNode.Parse(Base64Url.DecodeFromChars(parts[1]))!;
        var isValid = (string?)header["alg"] == "HS256" && (long)claims["exp"]! > TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        return isValid ? claims : null;
    }

    /// <inheritdoc/>
    protected override Task<ServerAnswer> AnswerAsync(HttpRequest request, byte[] body, CancellationToken cancellationToken)
    {
        var target = request.HttpContext.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget;
        var path = target.Split('?')[0];
        var token = request.Headers.Authorization.ToString();
        var claims = token.StartsWith("Bearer ", StringComparison.Ordinal) ? ReadToken(token["Bearer ".Length..]) : null;

        // "aud: needs to be the same as your HTTP request URL, not including the trailing slash and query parameters".
        var audience = claims?["aud"] is JsonArray several ? (string?)several[0] : (string?)claims?["aud"];
        var isEntra = request.IsHttps && EntraTokens().Any(known => token == $"Bearer {known}");
        if (!isEntra && audience != $"{Endpoint}{path}")
        {
            return Task.FromResult(new ServerAnswer(401));
        }

        if (HttpMethods.IsPost(request.Method) && path.EndsWith("/:generateToken", StringComparison.Ordinal) && request.Query["api-version"] == Version)
        {
            var answer = new JsonObject { ["token"] = $"made for {request.Query["userId"]} of {path}" };
            return Task.FromResult(new ServerAnswer(200) { Body = Encoding.UTF8.GetBytes(answer.ToJsonString()), ContentType = "application/json" });
        }

        if (!HttpMethods.IsPost(request.Method) || !SendRoute().IsMatch(path) || request.Query["api-version"] != Version)
        {
            return Task.FromResult(new ServerAnswer(404));
        }

        if (request.ContentType?.StartsWith("application/json", StringComparison.Ordinal) != true || JsonNode.Parse(body)?["target"] is null)
        {
            return Task.FromResult(new ServerAnswer(400));
        }

        _messages.Enqueue((path["/api/hubs/".Length..], Encoding.UTF8.GetString(body)));
        return Task.FromResult(new ServerAnswer(202));
    }

    /// <inheritdoc/>
    protected override ServerAnswer Refuse(HttpFault fault) => new(fault.Status) { Headers = fault.Headers };

    [GeneratedRegex("^/api/hubs/[a-z][a-z0-9_]*(/(groups|users)/[^/]+)?/:send$")]
    private static partial Regex SendRoute();
}
