namespace Serverless.Components.Registry.Resources;

/// <summary>Identifies a resource. Names are unique per kind, whatever their type.</summary>
/// <param name="Kind"><c>Component</c> or <c>Configuration</c>.</param>
/// <param name="Name">The resource's <c>metadata.name</c>.</param>
public sealed record ResourceKey(string Kind, string Name)
{
    /// <summary>The kind of a component.</summary>
    public const string Component = "Component";

    /// <summary>The kind of a configuration.</summary>
    public const string Configuration = "Configuration";

    /// <summary>For messages: <c>Component statestore</c>.</summary>
    public override string ToString() => $"{Kind} {Name}";
}
