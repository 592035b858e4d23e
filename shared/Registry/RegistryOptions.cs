using Serverless.Components.Registry.Live;
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

    /// <summary>
    /// Starts what of a component must run only once, such as reading a queue. Called when the component is live and its predecessor stopped.
    /// A <see cref="ComponentException"/> means that it can't; then the predecessor comes back.
    /// </summary>
    public Func<LiveComponent, CancellationToken, Task> Activate { get; init; } = (_, _) => Task.CompletedTask;

    /// <summary>Drains and stops what <see cref="Activate"/> started; throws nothing. Calls of the component may still be under way.</summary>
    public Func<LiveComponent, Task> Deactivate { get; init; } = _ => Task.CompletedTask;

    /// <summary>Told each time a source becomes readable (null) or faulty (why).</summary>
    public Action<string, string?> SourceStatusChanged { get; init; } = (_, _) => { };
}
