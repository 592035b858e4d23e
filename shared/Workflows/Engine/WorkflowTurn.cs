using Serverless.Components.Workflows.History;

namespace Serverless.Components.Workflows.Engine;

/// <summary>What one turn came to; nothing of it counts before it is committed.</summary>
internal sealed record WorkflowTurn
{
    /// <summary>The events to append to the history, in order; after a continue-as-new those of the new execution alone.</summary>
    public required IReadOnlyList<HistoryEvent> Events { get; init; }

    /// <summary>What to do after the commit, in order.</summary>
    public required IReadOnlyList<WorkflowAction> Actions { get; init; }

    /// <summary>The status after the turn.</summary>
    public required WorkflowRuntimeStatus Status { get; init; }

    /// <summary>True when the workflow continued as new: <see cref="Events"/> replaces the history, and what the old execution waited for is dropped.</summary>
    public bool ReplacesHistory { get; init; }

    /// <summary>True when the workflow has more to do at once, because it kept continuing as new.</summary>
    public bool HasMore { get; init; }

    /// <summary>The custom status as JSON, or null.</summary>
    public string? CustomStatus { get; init; }

    /// <summary>The output as JSON, once it ended, or null.</summary>
    public string? Output { get; init; }

    /// <summary>Why it failed, or null.</summary>
    public WorkflowFailure? Failure { get; init; }
}
