namespace Serverless.Components.Registry.Resources;

/// <summary>A <c>kind: Component</c> document.</summary>
/// <remarks>Dapr docs: reference/resource-specs/component-schema.</remarks>
public sealed record ComponentDefinition : Resource
{
    /// <summary><c>spec.type</c>: category and name, for example <c>state.redis</c>.</summary>
    public required string Type { get; init; }

    /// <summary><c>spec.version</c>; may be empty.</summary>
    public string Version { get; init; } = "";

    /// <summary><c>spec.ignoreErrors</c>: a component that fails to initialise is logged and left out.</summary>
    public bool IgnoreErrors { get; init; }

    /// <summary><c>spec.initTimeout</c>.</summary>
    public TimeSpan InitTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary><c>spec.metadata</c>, unresolved.</summary>
    public IReadOnlyList<MetadataItem> Metadata { get; init; } = [];

    /// <summary><c>auth.secretStore</c>, or the default one, or empty.</summary>
    public string SecretStore { get; init; } = "";

    /// <summary>True when an item refers to a secret, so that <see cref="SecretStore"/> must be loaded first.</summary>
    public bool NeedsSecretStore => Metadata.Any(item => item.SecretName is not null);

    /// <summary>The part of the type before the first dot.</summary>
    public string Category => Type.Split('.', 2)[0].ToLowerInvariant();
}
