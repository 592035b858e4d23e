using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Serverless.Backends.KeyVault;

/// <summary>All objects of one kind, and what the three kinds have in common: versions, lists, soft deletion.</summary>
internal abstract partial class VaultCollection<T>(TimeProvider time, TimeSpan settleTime, string plural, string singular)
    where T : VaultVersion
{
    private readonly Dictionary<string, VaultObject<T>> _active = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, VaultObject<T>> _deleted = new(StringComparer.OrdinalIgnoreCase);

    protected TimeProvider Time => time;

    /// <summary>What identifies an object of a list: "id", or "kid" of keys.</summary>
    protected virtual string IdName => "id";

    public KeyVaultAnswer Answer(KeyVaultRequest request) => (request.Method, request.Segments) switch
    {
        ("GET", [_]) => KeyVaultAnswer.Ok(VaultPage.Of(request, List(_active), entry => entry.Name, entry => Summarize(request.Vault, entry.Latest, isVersion: false))),
        ("GET", [_, var name, "versions"]) => KeyVaultAnswer.Ok(VaultPage.Of(request, Object(name).Versions, version => version.Version, version => Summarize(request.Vault, version, isVersion: true))),
        ("DELETE", [_, var name]) => AnswerDelete(request, name),
        _ => AnswerOwn(request),
    };

    public KeyVaultAnswer AnswerDeleted(KeyVaultRequest request)
    {
        switch (request.Method, request.Segments)
        {
            case ("GET", [_]):
                return KeyVaultAnswer.Ok(VaultPage.Of(request, List(_deleted), entry => entry.Name, entry => AddDeletion(Summarize(request.Vault, entry.Latest, isVersion: false), request.Vault, entry)));
            case ("GET", [_, var name]):
                return KeyVaultAnswer.Ok(DescribeDeleted(request.Vault, Deleted(name)));
            case ("DELETE", [_, var name]):
                CheckNotManaged(Deleted(name), "purge");
                Purge(name);
                return new KeyVaultAnswer(204);
            case ("POST", [_, var name, "recover"]):
                CheckNotManaged(Deleted(name), "recover");
                return KeyVaultAnswer.Ok(Describe(request.Vault, Recover(name).Latest));
            default:
                throw Unknown(request);
        }
    }

    public bool Contains(string name) => _active.ContainsKey(name);

    /// <summary>Refuses a name that can't be given: a bad one, or one that is deleted or being recovered.</summary>
    public void CheckFree(string name)
    {
        if (!ValidName().IsMatch(name))
        {
            throw VaultRefusalException.BadParameter($"The request URI contains an invalid name: {name}");
        }

        if (_deleted.TryGetValue(name, out var deleted))
        {
            throw deleted.SettledAt > time.GetUtcNow()
                ? VaultRefusalException.Conflict($"Object {name} is currently being deleted and cannot be re-created; retry later.", "ObjectIsBeingDeleted")
                : VaultRefusalException.Conflict($"Object {name} is currently in a deleted but recoverable state, and its name cannot be reused; in this state, the object can only be recovered or purged.", "ObjectIsDeletedButRecoverable");
        }

        if (_active.TryGetValue(name, out var active) && active.SettledAt > time.GetUtcNow())
        {
            throw VaultRefusalException.Conflict($"Object {name} is currently being recovered; retry later.", "ObjectIsBeingRecovered");
        }
    }

    public T Add(T version)
    {
        CheckFree(version.Name);
        if (!_active.TryGetValue(version.Name, out var entry))
        {
            _active[version.Name] = entry = new VaultObject<T>(version.Name);
        }

        entry.Versions.Add(version);
        return version;
    }

    /// <summary>One version, or the latest.</summary>
    public T Find(string name, string? version = null) =>
        version is null ? Object(name).Latest : Object(name).Versions.Find(candidate => candidate.Version == version) ?? throw NotFound($"{name}/{version}");

    public virtual VaultObject<T> Delete(string name)
    {
        var entry = Object(name);
        _active.Remove(name);
        entry.DeletedAt = time.GetUtcNow();
        entry.SettledAt = entry.DeletedAt + settleTime;
        return _deleted[name] = entry;
    }

    public virtual VaultObject<T> Recover(string name)
    {
        var entry = Deleted(name);
        _deleted.Remove(name);
        entry.SettledAt = time.GetUtcNow() + settleTime;
        return _active[name] = entry;
    }

    public virtual VaultObject<T> Purge(string name)
    {
        var entry = Deleted(name);
        _deleted.Remove(name);
        return entry;
    }

    public abstract JsonObject Describe(string vault, T version);

    protected abstract KeyVaultAnswer AnswerOwn(KeyVaultRequest request);

    /// <summary>What a list says of an object or of a version.</summary>
    protected virtual JsonObject Summarize(string vault, T version, bool isVersion)
    {
        var json = new JsonObject
        {
            [IdName] = isVersion ? Id(vault, version) : $"{vault}/{plural}/{version.Name}",
            ["attributes"] = version.Attributes.ToJson(),
        };
        AddTags(json, version);
        if (version.IsManaged)
        {
            json["managed"] = true;
        }

        return json;
    }

    /// <summary>Takes a version away, and the name with its last.</summary>
    protected void Remove(T version)
    {
        var entry = Object(version.Name);
        entry.Versions.Remove(version);
        if (entry.Versions.Count == 0)
        {
            _active.Remove(version.Name);
        }
    }

    /// <summary>Refuses what only the certificate may do to its key and its secret.</summary>
    protected void CheckNotManaged(string name, string operation)
    {
        if (_active.TryGetValue(name, out var entry))
        {
            CheckNotManaged(entry, operation);
        }
    }

    protected string Id(string vault, T version) => $"{vault}/{plural}/{version.Name}/{version.Version}";

    protected static void AddTags(JsonObject json, T version)
    {
        if (version.Tags is { } tags)
        {
            json["tags"] = tags.DeepClone();
        }
    }

    protected static VaultRefusalException Unknown(KeyVaultRequest request) =>
        new(404, "NotFound", $"{request.Method} /{string.Join('/', request.Segments)} is not served here.");

    private KeyVaultAnswer AnswerDelete(KeyVaultRequest request, string name)
    {
        CheckNotManaged(Object(name), "delete");
        return KeyVaultAnswer.Ok(DescribeDeleted(request.Vault, Delete(name)));
    }

    private static void CheckNotManaged(VaultObject<T> entry, string operation)
    {
        if (entry.Latest.IsManaged)
        {
            throw new VaultRefusalException(403, "Forbidden", $"Operation {operation} is not allowed on an object that belongs to a certificate.");
        }
    }

    [SuppressMessage("Globalization", "CA1308", Justification = "The service writes these names so.")]
    private VaultRefusalException NotFound(string what) => new(
        404,
        $"{singular}NotFound",
        $"A {singular.ToLowerInvariant()} with (name/id) {what} was not found in this key vault. If you recently deleted this {singular.ToLowerInvariant()} you may be able to recover it using the correct recovery command.");

    private VaultObject<T> Object(string name) =>
        _active.TryGetValue(name, out var entry) && entry.SettledAt <= time.GetUtcNow() ? entry : throw NotFound(name);

    private VaultObject<T> Deleted(string name) => _deleted.TryGetValue(name, out var entry) && entry.SettledAt <= time.GetUtcNow()
        ? entry
        : throw new VaultRefusalException(404, $"{singular}NotFound", $"Deleted {singular} not found: {name}");

    private List<VaultObject<T>> List(Dictionary<string, VaultObject<T>> entries) =>
        [.. entries.Values.Where(entry => entry.SettledAt <= time.GetUtcNow())];

    private JsonObject DescribeDeleted(string vault, VaultObject<T> entry)
    {
        var json = Describe(vault, entry.Latest);
        json.Remove("value");
        return AddDeletion(json, vault, entry);
    }

    private JsonObject AddDeletion(JsonObject json, string vault, VaultObject<T> entry)
    {
        json["recoveryId"] = $"{vault}/deleted{plural}/{entry.Name}";
        json["deletedDate"] = entry.DeletedAt.ToUnixTimeSeconds();
        json["scheduledPurgeDate"] = entry.DeletedAt.AddDays(VaultAttributes.RecoverableDays).ToUnixTimeSeconds();
        return json;
    }

    [GeneratedRegex("^[0-9a-zA-Z-]{1,127}$")]
    private static partial Regex ValidName();
}
