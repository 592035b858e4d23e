using Serverless.Components.Registry.Resources;

namespace Serverless.Components.Registry;

/// <summary>The component types this app knows: <c>type/version</c> to factory.</summary>
/// <remarks>Lookup follows Dapr's registries: no case, and the initial versions (empty, v0, v1) are the same.</remarks>
public sealed class ComponentCatalog
{
    private static readonly Dictionary<string, string> Categories = new(StringComparer.Ordinal)
    {
        ["bindings"] = "binding",
        ["configuration"] = "configuration store",
        ["conversation"] = "conversation component",
        ["crypto"] = "crypto provider",
        ["lock"] = "lock store",
        ["middleware"] = "middleware",
        ["nameresolution"] = "name resolver",
        ["pubsub"] = "message bus",
        ["secretstores"] = "secret store",
        ["state"] = "state store",
        ["workflow"] = "workflow component",
    };

    private readonly Dictionary<string, ComponentFactory> _factories = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _defaultVersions = new(StringComparer.Ordinal);

    private readonly List<ComponentRule> _rules = [];

    /// <summary>The rules that each component must pass before it goes live.</summary>
    public IReadOnlyList<ComponentRule> Rules => _rules;

    /// <summary>Every registered <c>type</c> or <c>type/version</c>, sorted.</summary>
    public IEnumerable<string> Types => _factories.Keys.Order(StringComparer.Ordinal);

    /// <summary>Registers a component type.</summary>
    /// <param name="type">Category and name, for example <c>state.sqlite</c>.</param>
    /// <param name="version">The version, for example <c>v2</c>; initial versions are equal.</param>
    /// <param name="factory">Builds it.</param>
    /// <param name="isDefault">True when an empty version means this one although it is not initial.</param>
    /// <exception cref="InvalidOperationException">The type is registered already.</exception>
    public ComponentCatalog Add(string type, string version, ComponentFactory factory, bool isDefault = false)
    {
        var key = Key(type.ToLowerInvariant(), version.ToLowerInvariant());
        if (!_factories.TryAdd(key, factory))
        {
            throw new InvalidOperationException($"component type '{key}' is registered twice");
        }

        if (isDefault)
        {
            _defaultVersions[type.ToLowerInvariant()] = version.ToLowerInvariant();
        }

        return this;
    }

    /// <summary>Adds a rule over the components of a block.</summary>
    public ComponentCatalog AddRule(ComponentRule rule)
    {
        _rules.Add(rule);
        return this;
    }

    /// <summary>Finds the factory for a definition.</summary>
    /// <exception cref="ComponentException">The category or the type is unknown; the message names it.</exception>
    public ComponentFactory Find(ComponentDefinition definition)
    {
        var type = definition.Type.ToLowerInvariant();
        var version = definition.Version.ToLowerInvariant();
        if (!Categories.TryGetValue(definition.Category, out var noun))
        {
            throw new ComponentException($"component '{definition.Key.Name}' ({definition.Origin}): unknown component category in type '{definition.Type}'");
        }

        if (version.Length == 0 && _defaultVersions.TryGetValue(type, out var fallback))
        {
            version = fallback;
        }

        return _factories.GetValueOrDefault(Key(type, version))
            ?? throw new ComponentException($"component '{definition.Key.Name}' ({definition.Origin}): couldn't find {noun} {type}/{version}");
    }

    private static string Key(string type, string version) => version is "" or "v0" or "v1" ? type : $"{type}/{version}";
}
