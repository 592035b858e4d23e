namespace Serverless.Components.Workflows.Instances;

/// <summary>An event of an instance's history.</summary>
/// <param name="Type">What happened, in the words of the durable task protocol, for example <c>TaskScheduled</c>.</param>
/// <param name="Timestamp">When, UTC.</param>
public sealed record WorkflowHistoryEntry(string Type, DateTimeOffset Timestamp)
{
    /// <summary>The number of an action, by which <see cref="WorkflowRerun"/> names it; null for other events.</summary>
    public int? EventId { get; init; }

    /// <summary>The number of the action that this answers, or null.</summary>
    public int? TaskId { get; init; }

    /// <summary>The activity, child, event or workflow, or null.</summary>
    public string? Name { get; init; }

    /// <summary>The child or the receiver, or null.</summary>
    public string? InstanceId { get; init; }

    /// <summary>The input, result or payload, or null.</summary>
    public string? Text { get; init; }

    /// <summary>When a timer is due, or null.</summary>
    public DateTimeOffset? FireAt { get; init; }

    /// <summary>Why it failed, or null.</summary>
    public WorkflowFailure? Failure { get; init; }
}
