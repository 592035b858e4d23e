using Serverless.Components.Registry.Resources;

namespace Serverless.Components.Registry.Live;

/// <summary>A consistent, immutable picture of the live set.</summary>
public sealed class LiveView
{
    // Not frozen: that would save a look-up nanoseconds and cost a start a millisecond.
    private readonly Dictionary<string, LiveComponent> _components;

    internal LiveView(long version, Dictionary<ResourceKey, LiveResource> resources)
    {
        Version = version;
        Resources = resources;
        _components = resources.Values
            .Where(entry => entry.Component is not null)
            .ToDictionary(entry => entry.Resource.Key.Name, entry => entry.Component!, StringComparer.Ordinal);
        Configuration = RuntimeConfiguration.Merge(resources.Values
            .Select(entry => entry.Resource).OfType<RuntimeConfiguration>());
    }

    /// <summary>Number of the commit that made this picture; 0 is the empty set. One commit is one generation.</summary>
    public long Version { get; }

    /// <summary>All entries.</summary>
    public IReadOnlyDictionary<ResourceKey, LiveResource> Resources { get; }

    /// <summary>The configurations merged into one; later ones override earlier ones.</summary>
    public RuntimeConfiguration Configuration { get; }

    /// <summary>All components, failed ones too, in name order.</summary>
    public IEnumerable<LiveComponent> Components => _components.Values.OrderBy(live => live.Definition.Key.Name, StringComparer.Ordinal);

    /// <summary>The empty set.</summary>
    internal static LiveView Empty { get; } = new(0, []);

    /// <summary>The component of that name, or null.</summary>
    public LiveComponent? Component(string name) => _components.GetValueOrDefault(name);

    /// <summary>True when at least one running component is a <typeparamref name="T"/>.</summary>
    public bool HasAny<T>()
        where T : class, IComponent
    {
        foreach (var live in _components.Values)
        {
            if (live.Instance is T)
            {
                return true;
            }
        }

        return false;
    }
}
