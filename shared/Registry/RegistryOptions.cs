using Serverless.Components.Registry.Sources;

namespace Serverless.Components.Registry;

/// <summary>How a registry is set up.</summary>
public sealed record RegistryOptions
{
    /// <summary>The component types.</summary>
    public required ComponentCatalog Catalog { get; init; }

    /// <summary>The surrounding process.</summary>
    public required ComponentHost Host { get; init; }

    /// <summary>Reads secrets for <c>secretKeyRef</c>.</summary>
    public required SecretLookup Secrets { get; init; }

    /// <summary>Where resources come from, lowest precedence first.</summary>
    public required IReadOnlyList<IResourceSource> Sources { get; init; }

    /// <summary>How long the first pass over the sources and the loading of their components may take.</summary>
    public TimeSpan StartupTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How often components that failed to load are tried again.</summary>
    public TimeSpan RetryInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Told each time a source becomes readable (null) or faulty (why).</summary>
    public Action<string, string?> SourceStatusChanged { get; init; } = (_, _) => { };
}
