using System.Text.Json;
using System.Text.Json.Nodes;

namespace Serverless.Backends.KeyVault;

/// <summary>What every object has: whether it may be used, from when until when, and its own times.</summary>
internal sealed class VaultAttributes(TimeProvider time)
{
    public const int RecoverableDays = 90;

    private readonly long _created = time.GetUtcNow().ToUnixTimeSeconds();
    private long _updated = time.GetUtcNow().ToUnixTimeSeconds();

    public bool IsEnabled { get; private set; } = true;

    public long? NotBefore { get; private set; }

    public long? Expires { get; private set; }

    public bool IsExpired => Expires <= time.GetUtcNow().ToUnixTimeSeconds();

    public bool IsEarly => NotBefore > time.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>Takes what <paramref name="attributes"/> names and leaves the rest.</summary>
    public void Apply(JsonNode? attributes)
    {
        IsEnabled = attributes?["enabled"] is { } enabled ? enabled.GetValueKind() switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw VaultRefusalException.BadParameter("Attribute 'enabled' must be a boolean."),
        }
        : IsEnabled;
        NotBefore = Seconds(attributes, "nbf") ?? NotBefore;
        Expires = Seconds(attributes, "exp") ?? Expires;
        if (Expires <= NotBefore)
        {
            throw VaultRefusalException.BadParameter("Attribute 'exp' must be after 'nbf'.");
        }

        _updated = time.GetUtcNow().ToUnixTimeSeconds();
    }

    /// <summary>Times that are given rather than asked for: those of a certificate.</summary>
    public void Bound(DateTimeOffset notBefore, DateTimeOffset expires) =>
        (NotBefore, Expires) = (notBefore.ToUnixTimeSeconds(), expires.ToUnixTimeSeconds());

    public JsonObject ToJson()
    {
        var json = new JsonObject { ["enabled"] = IsEnabled };
        if (NotBefore is { } notBefore)
        {
            json["nbf"] = notBefore;
        }

        if (Expires is { } expires)
        {
            json["exp"] = expires;
        }

        json["created"] = _created;
        json["updated"] = _updated;
        json["recoveryLevel"] = "Recoverable+Purgeable";
        json["recoverableDays"] = RecoverableDays;
        return json;
    }

    private static long? Seconds(JsonNode? attributes, string name) => attributes?[name] is not { } node ? null
        : node.GetValueKind() == JsonValueKind.Number && node.AsValue().TryGetValue<long>(out var seconds) ? seconds
        : throw VaultRefusalException.BadParameter($"Attribute '{name}' must be a number of seconds.");
}
