using System.Buffers.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Serverless.Backends.KeyVault;

/// <summary>The keys, those of certificates among them.</summary>
internal sealed class KeyCollection(TimeProvider time, TimeSpan settleTime) : VaultCollection<KeyVersion>(time, settleTime, "keys", "Key")
{
    protected override string IdName => "kid";

    public override JsonObject Describe(string vault, KeyVersion version)
    {
        var key = version.Key.ToJson();
        key["kid"] = Id(vault, version);
        key["key_ops"] = new JsonArray([.. version.Operations.Select(operation => JsonValue.Create(operation))]);
        var json = new JsonObject { ["key"] = key, ["attributes"] = version.Attributes.ToJson() };
        AddTags(json, version);
        if (version.IsManaged)
        {
            json["managed"] = true;
        }

        return json;
    }

    protected override KeyVaultAnswer AnswerOwn(KeyVaultRequest request) => (request.Method, request.Segments) switch
    {
        ("POST", [_, var name, "create"]) => Create(request, name),
        ("GET", [_, var name]) => KeyVaultAnswer.Ok(Describe(request.Vault, Find(name))),
        ("GET", [_, var name, var version]) => KeyVaultAnswer.Ok(Describe(request.Vault, Find(name, version))),
        ("PATCH", [_, var name]) => Update(request, Find(name)),
        ("PATCH", [_, var name, var version]) => Update(request, Find(name, version)),
        ("POST", [_, var name, "sign"]) => Sign(request, Find(name)),
        ("POST", [_, var name, var version, "sign"]) => Sign(request, Find(name, version)),
        ("POST", [_, var name, "verify"]) => Verify(request, Find(name)),
        ("POST", [_, var name, var version, "verify"]) => Verify(request, Find(name, version)),
        _ => throw Unknown(request),
    };

    private KeyVaultAnswer Create(KeyVaultRequest request, string name)
    {
        CheckNotManaged(name, "create");
        var size = request.Body["key_size"] is JsonValue number && number.TryGetValue<int>(out var bits) ? bits : (int?)null;
        var key = VaultKey.Create(request.Required("kty"), request.Text("crv"), size);
        var version = new KeyVersion(name, VaultVersion.NewVersion(), key, new VaultAttributes(Time));
        Apply(request, version);
        return KeyVaultAnswer.Ok(Describe(request.Vault, Add(version)));
    }

    private KeyVaultAnswer Update(KeyVaultRequest request, KeyVersion version)
    {
        Apply(request, version);
        return KeyVaultAnswer.Ok(Describe(request.Vault, version));
    }

    // Documented (about-keys-details, "Date-time controlled operations"): one that is early or expired still verifies, and so does a disabled one.
    private KeyVaultAnswer Sign(KeyVaultRequest request, KeyVersion version)
    {
        CheckAllowed(version, "sign");
        var refusal = !version.Attributes.IsEnabled ? ("KeyDisabled", "a disabled key")
            : version.Attributes.IsExpired ? ("KeyExpired", "an expired key")
            : version.Attributes.IsEarly ? ("KeyNotYetValid", "a key that is not yet valid")
            : default;
        if (refusal.Item1 is { } innerCode)
        {
            throw VaultRefusalException.Forbidden(innerCode, $"Operation sign is not allowed on {refusal.Item2}.");
        }

        var signature = version.Key.Sign(request.Required("alg"), Decode(request, "value"));
        return KeyVaultAnswer.Ok(new JsonObject { ["kid"] = Id(request.Vault, version), ["value"] = Base64Url.EncodeToString(signature) });
    }

    private static KeyVaultAnswer Verify(KeyVaultRequest request, KeyVersion version)
    {
        CheckAllowed(version, "verify");
        return KeyVaultAnswer.Ok(new JsonObject { ["value"] = version.Key.Verify(request.Required("alg"), Decode(request, "digest"), Decode(request, "value")) });
    }

    private static void Apply(KeyVaultRequest request, KeyVersion version)
    {
        version.Apply(request.Body);
        if (request.Body["key_ops"] is JsonArray operations)
        {
            version.Operations = [.. operations.Where(operation => operation?.GetValueKind() == JsonValueKind.String).Select(operation => operation!.GetValue<string>())];
        }
    }

    private static void CheckAllowed(KeyVersion version, string operation)
    {
        if (!version.Operations.Contains(operation))
        {
            throw VaultRefusalException.Forbidden("KeyOperationForbidden", $"Operation {operation} is not permitted on this key.");
        }
    }

    private static byte[] Decode(KeyVaultRequest request, string name)
    {
        try
        {
            return Base64Url.DecodeFromChars(request.Required(name));
        }
        catch (FormatException)
        {
            throw VaultRefusalException.BadParameter($"Property '{name}' must be base64url.");
        }
    }
}
