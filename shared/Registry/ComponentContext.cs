using Microsoft.Extensions.Logging;

namespace Serverless.Components.Registry;

/// <summary>Everything a factory may use to build one component.</summary>
public sealed record ComponentContext
{
    /// <summary>The component's <c>metadata.name</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Lower-cased <c>spec.type</c>, for example <c>state.redis</c>.</summary>
    public required string Type { get; init; }

    /// <summary>Lower-cased <c>spec.version</c> as written; may be empty.</summary>
    public required string Version { get; init; }

    /// <summary>The resolved metadata items.</summary>
    public required ComponentMetadata Metadata { get; init; }

    /// <summary>The surrounding process.</summary>
    public required ComponentHost Host { get; init; }

    /// <summary>A logger whose category is the component's type.</summary>
    public ILogger Logger => Host.LoggerFactory.CreateLogger(Type);
}
