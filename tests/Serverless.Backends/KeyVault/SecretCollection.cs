using System.Text;
using System.Text.Json.Nodes;

namespace Serverless.Backends.KeyVault;

/// <summary>The secrets, those of certificates among them.</summary>
internal sealed class SecretCollection(TimeProvider time, TimeSpan settleTime) : VaultCollection<SecretVersion>(time, settleTime, "secrets", "Secret")
{
    private const int MostBytes = 25 * 1024;

    public SecretVersion Set(string name, string value, string? contentType, JsonObject body)
    {
        CheckNotManaged(name, "set");
        if (Encoding.UTF8.GetByteCount(value) > MostBytes)
        {
            throw VaultRefusalException.BadParameter($"The secret's value is larger than {MostBytes} bytes.");
        }

        var version = new SecretVersion(name, VaultVersion.NewVersion(), value, new VaultAttributes(Time)) { ContentType = contentType };
        version.Apply(body);
        return Add(version);
    }

    public override JsonObject Describe(string vault, SecretVersion version)
    {
        var json = new JsonObject { ["value"] = version.Value };
        AddContentType(json, version);
        json["id"] = Id(vault, version);
        if (version.IsManaged)
        {
            json["managed"] = true;
            json["kid"] = $"{vault}/keys/{version.Name}/{version.Version}";
        }

        json["attributes"] = version.Attributes.ToJson();
        AddTags(json, version);
        return json;
    }

    protected override JsonObject Summarize(string vault, SecretVersion version, bool isVersion)
    {
        var json = base.Summarize(vault, version, isVersion);
        AddContentType(json, version);
        return json;
    }

    protected override KeyVaultAnswer AnswerOwn(KeyVaultRequest request) => (request.Method, request.Segments) switch
    {
        ("PUT", [_, var name]) => KeyVaultAnswer.Ok(Describe(request.Vault, Set(name, request.Required("value"), request.Text("contentType"), request.Body))),
        ("GET", [_, var name]) => KeyVaultAnswer.Ok(Describe(request.Vault, Read(name, null))),
        ("GET", [_, var name, var version]) => KeyVaultAnswer.Ok(Describe(request.Vault, Read(name, version))),
        ("PATCH", [_, var name]) => Update(request, Find(name)),
        ("PATCH", [_, var name, var version]) => Update(request, Find(name, version)),
        _ => throw Unknown(request),
    };

    // Documented (about-secrets, "Date-time controlled operations"): one that is early or expired can be read.
    private SecretVersion Read(string name, string? version)
    {
        var secret = Find(name, version);
        return secret.Attributes.IsEnabled ? secret : throw VaultRefusalException.Forbidden("SecretDisabled", "Operation get is not allowed on a disabled secret.");
    }

    private KeyVaultAnswer Update(KeyVaultRequest request, SecretVersion secret)
    {
        secret.Apply(request.Body);
        secret.ContentType = request.Text("contentType") ?? secret.ContentType;
        var json = Describe(request.Vault, secret);
        json.Remove("value");
        return KeyVaultAnswer.Ok(json);
    }

    private static void AddContentType(JsonObject json, SecretVersion version)
    {
        if (version.ContentType is { } contentType)
        {
            json["contentType"] = contentType;
        }
    }
}
