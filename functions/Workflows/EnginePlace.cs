using Serverless.Components.Registry.Live;

namespace Serverless.Functions.Workflows;

/// <summary>The components that an engine stands on.</summary>
/// <param name="Store">Keeps the workflows.</param>
/// <param name="Dispatcher">Tells of work, or null.</param>
internal sealed record EnginePlace(LiveComponent Store, LiveComponent? Dispatcher)
{
    /// <summary>Whether it stands on this very instance.</summary>
    public bool Uses(LiveComponent live) => ReferenceEquals(live, Store) || ReferenceEquals(live, Dispatcher);
}
