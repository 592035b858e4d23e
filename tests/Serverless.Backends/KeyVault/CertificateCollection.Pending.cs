using System.Text.Json;
using System.Text.Json.Nodes;

namespace Serverless.Backends.KeyVault;

// Microsoft docs: key-vault/certificates/create-certificate-scenarios; shapes as in the recorded tests of its client for .NET.
internal sealed partial class CertificateCollection
{
    private readonly Dictionary<string, CertificateOperation> _operations = new(StringComparer.OrdinalIgnoreCase);

    private KeyVaultAnswer Create(KeyVaultRequest request, string name)
    {
        CheckReplaceable(name);
        var policy = new CertificatePolicy(request.Body["policy"] ?? _policies.GetValueOrDefault(name)?.ToJson(""), Time);
        if (policy.Issuer is not ("Self" or "Unknown"))
        {
            throw VaultRefusalException.BadParameter($"The issuer {policy.Issuer} is not known to this vault.");
        }

        var key = policy.ReusesKey && keys.Contains(name) ? keys.Find(name).Key : policy.CreateKey();
        var operation = new CertificateOperation(name, policy, key, request.Body);
        _operations[name] = operation;
        _policies[name] = policy;
        if (!Contains(name))
        {
            var attributes = new VaultAttributes(Time);
            attributes.Apply(new JsonObject { ["enabled"] = false });
            Add(new CertificateVersion(name, operation.Version, null, attributes));
        }

        return new KeyVaultAnswer(202, operation.ToJson(request.Vault))
        {
            Headers = new Dictionary<string, string>
            {
                ["Location"] = $"{request.Vault}/certificates/{name}/pending?api-version={request.Query["api-version"]}&request_id={operation.Id}",
                ["Retry-After"] = "10",
            },
        };
    }

    private KeyVaultAnswer GetPending(KeyVaultRequest request, string name)
    {
        Settle(name);
        return KeyVaultAnswer.Ok(Operation(request, name).ToJson(request.Vault));
    }

    private KeyVaultAnswer CancelPending(KeyVaultRequest request, string name)
    {
        var operation = Operation(request, name);
        if (!operation.IsInProgress)
        {
            throw VaultRefusalException.BadParameter($"The pending certificate is {operation.Status}; it can't be cancelled.");
        }

        operation.IsCancelling = request.Body["cancellation_requested"]?.GetValueKind() == JsonValueKind.True;
        return KeyVaultAnswer.Ok(operation.ToJson(request.Vault));
    }

    private KeyVaultAnswer DropPending(KeyVaultRequest request, string name)
    {
        var operation = Operation(request, name);
        _operations.Remove(name);
        RemovePlaceholder(name);
        return KeyVaultAnswer.Ok(operation.ToJson(request.Vault));
    }

    private KeyVaultAnswer Merge(KeyVaultRequest request, string name)
    {
        var operation = Operation(request, name);
        if (operation is { IsInProgress: true, Policy.IsSelfSigned: true })
        {
            throw new VaultRefusalException(403, "Forbidden", $"Merge is forbidden on pending object created with issuer : {operation.Policy.Issuer} while it is in progess.");
        }

        if (operation.Status == "completed")
        {
            throw VaultRefusalException.Conflict($"The pending certificate {name} is completed.");
        }

        var texts = request.Body["x5c"] as JsonArray ?? throw VaultRefusalException.BadParameter("Property 'x5c' must be an array.");
        var content = CertificateContent.Read(texts.Select(text => text?.ToString() ?? ""), operation.Key);
        Complete(name, operation, content, request.Body);
        return new KeyVaultAnswer(201, Describe(request.Vault, Find(name)))
        {
            Headers = new Dictionary<string, string> { ["Location"] = $"{request.Vault}/certificates/{name}?api-version={request.Query["api-version"]}" },
        };
    }

    /// <summary>What goes on without anyone's doing is seen by whoever looks next: a cancellation, or a certificate that signs itself.</summary>
    private void Settle(string name)
    {
        if (_operations.GetValueOrDefault(name) is not { IsInProgress: true } operation)
        {
            return;
        }

        if (operation.IsCancelling)
        {
            operation.Status = "cancelled";
        }
        else if (operation.Policy.IsSelfSigned)
        {
            var leaf = operation.Policy.SignItself(operation.Key, Time.GetUtcNow());
            Complete(name, operation, new CertificateContent(leaf, operation.Key, []), []);
        }
    }

    private void Complete(string name, CertificateOperation operation, CertificateContent content, JsonObject body)
    {
        var merged = operation.Body.DeepClone().AsObject();
        foreach (var property in body)
        {
            merged[property.Key] = property.Value?.DeepClone();
        }

        RemovePlaceholder(name);
        AddComplete(name, operation.Version, content, merged);
        operation.Status = "completed";
    }

    private void RemovePlaceholder(string name)
    {
        if (Contains(name) && Find(name) is { Leaf: null } placeholder)
        {
            Remove(placeholder);
        }
    }

    private CertificateOperation Operation(KeyVaultRequest request, string name) =>
        _operations.GetValueOrDefault(name) is { } operation && (request.Query["request_id"].FirstOrDefault() is not { Length: > 0 } id || id == operation.Id)
            ? operation
            : throw new VaultRefusalException(404, "PendingCertificateNotFound", $"Pending certificate not found: {name}");
}
