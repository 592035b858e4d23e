namespace Serverless.Components.Registry.Sources;

/// <summary>Everything one pass over a source found; applied as one generation.</summary>
/// <param name="Events">The changes since the pass before: deletions, updates, additions, each by kind and name.</param>
/// <param name="IsFullSync">True for the first pass only.</param>
/// <param name="Fault">
/// Why the source could not be read, so that its last good resources stay; null when all is well. A damaged document is no fault of
/// the source: it is logged, and what it gave before stays.
/// </param>
public sealed record ResourceBatch(IReadOnlyList<ResourceEvent> Events, bool IsFullSync = false, string? Fault = null);
