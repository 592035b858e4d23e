namespace Serverless.Components.Workflows.Storage;

/// <summary>A turn to be committed: all of it, or nothing.</summary>
internal sealed record TurnCommit
{
    /// <summary>The instance as it is after the turn; its version is one more than the one that must be there now.</summary>
    public required WorkflowRecord Record { get; init; }

    /// <summary>The execution that must be there now.</summary>
    public required string ExpectedExecutionId { get; init; }

    /// <summary>True when the history begins anew with <see cref="History"/>, and free or owned items of activities and timers are removed before <see cref="NewWork"/> is added.</summary>
    public bool ReplacesHistory { get; init; }

    /// <summary>True when the instance has ended: items of activities and timers are removed, and the rest of its inbox as well.</summary>
    public bool Ends { get; init; }

    /// <summary>The encoded new events, in chunks of at most <see cref="MostChunkBytes"/>; none when nothing happened.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> History { get; init; } = [];

    /// <summary>The messages that the turn took; they leave the inbox.</summary>
    public IReadOnlyList<string> Consumed { get; init; } = [];

    /// <summary>Who runs the turn: the owner of <see cref="CompletedWork"/> and of the turn item, if it stays.</summary>
    public required Guid Owner { get; init; }

    /// <summary>Items whose results the turn took; the owner must still have each of them, and they are removed.</summary>
    public IReadOnlyList<WorkItem> CompletedWork { get; init; } = [];

    /// <summary>Ids of items that are removed whoever has them, if they are there: timers that nobody waits for.</summary>
    public IReadOnlyList<string> CancelledWork { get; init; } = [];

    /// <summary>Items to be added, with their owners. An id that is there already is left as it is.</summary>
    public IReadOnlyList<WorkItem> NewWork { get; init; } = [];

    /// <summary>Most bytes of one chunk of history.</summary>
    public const int MostChunkBytes = 48 * 1024;
}
