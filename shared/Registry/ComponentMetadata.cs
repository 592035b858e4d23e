namespace Serverless.Components.Registry;

/// <summary>The resolved metadata items of one component; names compare without case, as in Dapr.</summary>
public sealed class ComponentMetadata
{
    private readonly Dictionary<string, MetadataValue> _items = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Holds the items of the component called <paramref name="componentName"/>.</summary>
    /// <exception cref="ComponentException">Two names differ only by case.</exception>
    public ComponentMetadata(string componentName, IEnumerable<MetadataValue> items)
    {
        ComponentName = componentName;
        foreach (var item in items)
        {
            if (!_items.TryAdd(item.Name, item))
            {
                throw new ComponentException($"component '{componentName}': metadata item '{item.Name}' is given twice (names are compared without case)");
            }
        }
    }

    /// <summary>The component's name, for messages.</summary>
    public string ComponentName { get; }

    /// <summary>All items.</summary>
    public IEnumerable<MetadataValue> Items => _items.Values;

    /// <summary>The item, or null when it is absent.</summary>
    public MetadataValue? Find(string name) => _items.GetValueOrDefault(name);

    /// <summary>The item's text, or null when it is absent.</summary>
    public string? Value(string name) => Find(name)?.Value;

    /// <summary>Starts reading items into an options record; faults are collected.</summary>
    public MetadataBinder Bind() => new(this);
}
