using System.Collections.Concurrent;

namespace Serverless.Components.Workflows.Storage.AzureTableStorage;

/// <summary>The instances that this process remembers, a limited number of them.</summary>
internal sealed class KnownInstances(int most)
{
    private readonly ConcurrentDictionary<string, KnownInstance> _instances = new(StringComparer.Ordinal);
    private readonly Lock _eviction = new();
    private long _uses;

    /// <summary>What is remembered of an instance.</summary>
    public KnownInstance Of(string instanceId)
    {
        if (!_instances.TryGetValue(instanceId, out var known))
        {
            known = _instances.GetOrAdd(instanceId, static _ => new KnownInstance());
            Evict();
        }

        known.LastUse = Interlocked.Increment(ref _uses);
        return known;
    }

    /// <summary>Nothing is remembered of an instance any more.</summary>
    public void Remove(string instanceId) => _instances.TryRemove(instanceId, out _);

    private void Evict()
    {
        if (_instances.Count <= most || !_eviction.TryEnter())
        {
            return;
        }

        try
        {
            foreach (var (id, _) in _instances.OrderBy(pair => pair.Value.LastUse).Take(most / 4).ToList())
            {
                _instances.TryRemove(id, out _);
            }
        }
        finally
        {
            _eviction.Exit();
        }
    }
}
