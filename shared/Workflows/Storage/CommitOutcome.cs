namespace Serverless.Components.Workflows.Storage;

/// <summary>What became of a commit.</summary>
internal enum CommitOutcome
{
    /// <summary>It is durable.</summary>
    Committed,

    /// <summary>Another commit was first, or the instance is gone; nothing was changed.</summary>
    Conflict,

    /// <summary>An item of <see cref="TurnCommit.CompletedWork"/> is gone or someone else's; nothing was changed.</summary>
    WorkLost,
}
