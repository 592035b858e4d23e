namespace Serverless.Components.Registry.Live;

/// <summary>One committed transaction; watchers see commits whole and in commit order.</summary>
/// <param name="View">The set right after the commit.</param>
/// <param name="Changes">Its changes in the order they were made; never empty.</param>
public sealed record LiveCommit(LiveView View, IReadOnlyList<LiveChange> Changes);
