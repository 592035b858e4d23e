using Serverless.Components.Registry.Resources;

namespace Serverless.Components.Registry.Sources;

/// <summary>Merges sources of fixed precedence: of equal keys the one of the highest source wins, and its deletion re-exposes the next.</summary>
public sealed class ResourceMerger
{
    private readonly Dictionary<ResourceKey, Resource>[] _sources;
    private readonly Dictionary<ResourceKey, Resource> _winners = [];

    /// <summary>Merges that many sources; the last one wins.</summary>
    public ResourceMerger(int sources)
    {
        _sources = new Dictionary<ResourceKey, Resource>[sources];
        for (var source = 0; source < sources; source++)
        {
            _sources[source] = [];
        }
    }

    /// <summary>The merged set.</summary>
    public IReadOnlyDictionary<ResourceKey, Resource> Winners => _winners;

    /// <summary>Takes one source's events.</summary>
    /// <returns>What they change in the merged set.</returns>
    public IReadOnlyList<ResourceEvent> Apply(int source, IEnumerable<ResourceEvent> events)
    {
        var effective = new List<ResourceEvent>();
        foreach (var change in events)
        {
            var before = _winners.GetValueOrDefault(change.Key);
            if (change.Resource is null)
            {
                _sources[source].Remove(change.Key);
            }
            else
            {
                _sources[source][change.Key] = Ranked(change.Resource, source);
            }

            var after = Winner(change.Key);
            if (!ReferenceEquals(before, after))
            {
                Set(change.Key, after);
                effective.Add((before, after) switch
                {
                    (_, null) => new ResourceEvent(ResourceEventKind.Deleted, change.Key, null),
                    (null, _) => new ResourceEvent(ResourceEventKind.Added, change.Key, after),
                    _ => new ResourceEvent(ResourceEventKind.Updated, change.Key, after),
                });
            }
        }

        return effective;
    }

    // Of Configurations with different names too, the one of the higher source overrides.
    private Resource Ranked(Resource resource, int source) =>
        resource is RuntimeConfiguration { Rank: < 0 } configuration ? configuration with { Rank = source - _sources.Length } : resource;

    private Resource? Winner(ResourceKey key)
    {
        for (var source = _sources.Length - 1; source >= 0; source--)
        {
            if (_sources[source].TryGetValue(key, out var resource))
            {
                return resource;
            }
        }

        return null;
    }

    private void Set(ResourceKey key, Resource? winner)
    {
        if (winner is null)
        {
            _winners.Remove(key);
        }
        else
        {
            _winners[key] = winner;
        }
    }
}
