using System.Buffers.Text;
using System.Text.Json.Nodes;

namespace Serverless.Backends.KeyVault;

/// <summary>The certificates. Each version has a key and a secret of the same name and version.</summary>
internal sealed partial class CertificateCollection(TimeProvider time, TimeSpan settleTime, KeyCollection keys, SecretCollection secrets)
    : VaultCollection<CertificateVersion>(time, settleTime, "certificates", "Certificate")
{
    private readonly Dictionary<string, CertificatePolicy> _policies = new(StringComparer.OrdinalIgnoreCase);

    public override VaultObject<CertificateVersion> Delete(string name)
    {
        var deleted = base.Delete(name);
        _operations.Remove(name);
        if (keys.Contains(name))
        {
            keys.Delete(name);
            secrets.Delete(name);
        }

        return deleted;
    }

    public override VaultObject<CertificateVersion> Recover(string name)
    {
        var recovered = base.Recover(name);
        if (recovered.Latest.Leaf is not null)
        {
            keys.Recover(name);
            secrets.Recover(name);
        }

        return recovered;
    }

    public override VaultObject<CertificateVersion> Purge(string name)
    {
        var purged = base.Purge(name);
        _policies.Remove(name);
        if (purged.Latest.Leaf is not null)
        {
            keys.Purge(name);
            secrets.Purge(name);
        }

        return purged;
    }

    /// <inheritdoc/>
    public override JsonObject Describe(string vault, CertificateVersion version)
    {
        var json = DescribeVersion(vault, version);
        json["policy"] = DescribePolicy(vault, version.Name);
        if (_operations.ContainsKey(version.Name))
        {
            json["pending"] = new JsonObject { ["id"] = $"{vault}/certificates/{version.Name}/pending" };
        }

        return json;
    }

    protected override KeyVaultAnswer AnswerOwn(KeyVaultRequest request) => (request.Method, request.Segments) switch
    {
        ("POST", [_, var name, "create"]) => Create(request, name),
        ("POST", [_, var name, "import"]) => Import(request, name),
        ("GET", [_, var name, "pending"]) => GetPending(request, name),
        ("PATCH", [_, var name, "pending"]) => CancelPending(request, name),
        ("DELETE", [_, var name, "pending"]) => DropPending(request, name),
        ("POST", [_, var name, "pending", "merge"]) => Merge(request, name),
        ("GET", [_, var name, "policy"]) => KeyVaultAnswer.Ok(DescribePolicy(request.Vault, Find(name).Name)),
        ("PATCH", [_, var name, "policy"]) => UpdatePolicy(request, Find(name).Name),
        ("GET", [_, var name]) => Get(request, name),
        ("GET", [_, var name, var version]) => KeyVaultAnswer.Ok(DescribeVersion(request.Vault, Find(name, version))),
        ("PATCH", [_, var name]) => Update(request, Find(name)),
        ("PATCH", [_, var name, var version]) => Update(request, Find(name, version)),
        _ => throw Unknown(request),
    };

    protected override JsonObject Summarize(string vault, CertificateVersion version, bool isVersion)
    {
        var json = base.Summarize(vault, version, isVersion);
        AddThumbprint(json, version);
        return json;
    }

    private KeyVaultAnswer Get(KeyVaultRequest request, string name)
    {
        Settle(name);
        return KeyVaultAnswer.Ok(Describe(request.Vault, Find(name)));
    }

    private KeyVaultAnswer Import(KeyVaultRequest request, string name)
    {
        CheckReplaceable(name);
        var given = new CertificatePolicy(request.Body["policy"], Time);
        var content = CertificateContent.Read(request.Required("value"), request.Text("pwd"), given.IsPem);
        _policies[name] = given.For(content.Leaf, content.Key, Time);
        var version = AddComplete(name, VaultVersion.NewVersion(), content, request.Body);
        _operations.Remove(name);
        return KeyVaultAnswer.Ok(Describe(request.Vault, version));
    }

    private KeyVaultAnswer Update(KeyVaultRequest request, CertificateVersion version)
    {
        version.Apply(request.Body);
        if (request.Body["policy"] is JsonObject changes)
        {
            _policies[version.Name] = _policies[version.Name].With(changes, Time);
        }

        return KeyVaultAnswer.Ok(Describe(request.Vault, version));
    }

    private KeyVaultAnswer UpdatePolicy(KeyVaultRequest request, string name)
    {
        _policies[name] = _policies[name].With(request.Body, Time);
        return KeyVaultAnswer.Ok(DescribePolicy(request.Vault, name));
    }

    // The three share their attributes: what disables one disables all.
    private CertificateVersion AddComplete(string name, string id, CertificateContent content, JsonObject body)
    {
        var policy = _policies[name];
        var attributes = new VaultAttributes(Time);
        var version = new CertificateVersion(name, id, content.Leaf, attributes);
        version.Apply(body);
        attributes.Bound(content.Leaf.NotBefore, content.Leaf.NotAfter);
        keys.Add(new KeyVersion(name, id, content.Key, attributes) { IsManaged = true });
        secrets.Add(new SecretVersion(name, id, content.ToSecret(policy.IsPem, policy.IsExportable), attributes) { ContentType = policy.ContentType, IsManaged = true });
        return Add(version);
    }

    private void CheckReplaceable(string name)
    {
        CheckFree(name);
        if (_operations.GetValueOrDefault(name) is { IsInProgress: true })
        {
            throw new VaultRefusalException(409, "Forbidden", "A new key vault certificate can not be created or imported while a pending key vault certificate's status is inProgress.");
        }

        keys.CheckFree(name);
        secrets.CheckFree(name);
        if ((keys.Contains(name) && !keys.Find(name).IsManaged) || (secrets.Contains(name) && !secrets.Find(name).IsManaged))
        {
            throw VaultRefusalException.Conflict($"A key or a secret named {name} is there already.");
        }
    }

    private JsonObject DescribeVersion(string vault, CertificateVersion version)
    {
        var json = new JsonObject { ["id"] = Id(vault, version) };
        if (version.Leaf is { } leaf)
        {
            json["kid"] = $"{vault}/keys/{version.Name}/{version.Version}";
            json["sid"] = $"{vault}/secrets/{version.Name}/{version.Version}";
            AddThumbprint(json, version);
            json["cer"] = Convert.ToBase64String(leaf.RawData);
        }

        json["attributes"] = version.Attributes.ToJson();
        AddTags(json, version);
        return json;
    }

    private JsonObject DescribePolicy(string vault, string name) => _policies[name].ToJson($"{vault}/certificates/{name}/policy");

    private static void AddThumbprint(JsonObject json, CertificateVersion version)
    {
        if (version.Leaf is { } leaf)
        {
            json["x5t"] = Base64Url.EncodeToString(leaf.GetCertHash());
        }
    }
}
