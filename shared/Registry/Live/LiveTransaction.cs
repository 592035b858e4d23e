using Serverless.Components.Registry.Resources;

namespace Serverless.Components.Registry.Live;

/// <summary>The changes of one update, applied together or not at all.</summary>
public sealed class LiveTransaction
{
    private readonly Dictionary<ResourceKey, LiveResource> _entries;
    private readonly List<LiveChange> _changes = [];

    internal LiveTransaction(LiveView before)
    {
        _entries = new Dictionary<ResourceKey, LiveResource>(before.Resources);
        Version = before.Version + 1;
    }

    /// <summary>The version that the commit will have.</summary>
    public long Version { get; }

    internal IReadOnlyList<LiveChange> Changes => _changes;

    internal IReadOnlyDictionary<ResourceKey, LiveResource> Entries => _entries;

    /// <summary>The entry as this transaction sees it, or null.</summary>
    public LiveResource? Get(ResourceKey key) => _entries.GetValueOrDefault(key);

    /// <summary>Adds an entry.</summary>
    /// <exception cref="LiveConflictException">It exists.</exception>
    public void Create(Resource resource, LiveComponent? component = null)
    {
        var entry = new LiveResource(resource, component, Version);
        if (!_entries.TryAdd(resource.Key, entry))
        {
            throw new LiveConflictException(LiveConflict.Exists, resource.Key);
        }

        _changes.Add(new LiveChange(null, entry));
    }

    /// <summary>Replaces an entry read at <paramref name="expectedVersion"/>.</summary>
    /// <exception cref="LiveConflictException">It does not exist, or has another version.</exception>
    public void Update(Resource resource, LiveComponent? component, long expectedVersion)
    {
        if (!_entries.TryGetValue(resource.Key, out var before))
        {
            throw new LiveConflictException(LiveConflict.NotExist, resource.Key);
        }

        if (before.Version != expectedVersion)
        {
            throw new LiveConflictException(LiveConflict.Sequence, resource.Key);
        }

        var entry = new LiveResource(resource, component, Version);
        _entries[resource.Key] = entry;
        _changes.Add(new LiveChange(before, entry));
    }

    /// <summary>Removes an entry.</summary>
    /// <exception cref="LiveConflictException">It does not exist.</exception>
    public void Delete(ResourceKey key)
    {
        if (!_entries.Remove(key, out var before))
        {
            throw new LiveConflictException(LiveConflict.NotExist, key);
        }

        _changes.Add(new LiveChange(before, null));
    }
}
