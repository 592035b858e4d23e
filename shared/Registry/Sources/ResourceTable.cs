using Serverless.Components.Registry.Resources;

namespace Serverless.Components.Registry.Sources;

/// <summary>The resources of one source as last read, and the events that lead to a newer reading.</summary>
public sealed class ResourceTable
{
    private Dictionary<ResourceKey, Resource> _resources = [];

    /// <summary>The current resources.</summary>
    public IReadOnlyDictionary<ResourceKey, Resource> Resources => _resources;

    /// <summary>Replaces the table; resources with equal hashes have not changed.</summary>
    /// <returns>Deleted, then updated, then added, each sorted by kind and name.</returns>
    public IReadOnlyList<ResourceEvent> Replace(Dictionary<ResourceKey, Resource> next)
    {
        var events = new List<ResourceEvent>();
        foreach (var key in _resources.Keys.Where(key => !next.ContainsKey(key)))
        {
            events.Add(new ResourceEvent(ResourceEventKind.Deleted, key, null));
        }

        foreach (var (key, resource) in next)
        {
            if (!_resources.TryGetValue(key, out var known))
            {
                events.Add(new ResourceEvent(ResourceEventKind.Added, key, resource));
            }
            else if (known.Hash != resource.Hash)
            {
                events.Add(new ResourceEvent(ResourceEventKind.Updated, key, resource));
            }
        }

        _resources = next;
        events.Sort(Compare);
        return events;
    }

    private static int Compare(ResourceEvent one, ResourceEvent other)
    {
        var byEvent = (int)one.Kind - (int)other.Kind;
        var byKind = byEvent != 0 ? byEvent : string.CompareOrdinal(one.Key.Kind, other.Key.Kind);
        return byKind != 0 ? byKind : string.CompareOrdinal(one.Key.Name, other.Key.Name);
    }
}
