using Serverless.Components.Registry.Resources;

namespace Serverless.Components.Registry.Live;

/// <summary>A transaction on the live set was refused and left no trace.</summary>
/// <param name="conflict">Why.</param>
/// <param name="key">The entry.</param>
public sealed class LiveConflictException(LiveConflict conflict, ResourceKey key)
    : Exception($"live set: {key}: {conflict}")
{
    /// <summary>Why.</summary>
    public LiveConflict Conflict { get; } = conflict;

    /// <summary>The entry.</summary>
    public ResourceKey Key { get; } = key;
}
