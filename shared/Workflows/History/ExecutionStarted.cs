namespace Serverless.Components.Workflows.History;

/// <summary>The instance was started; first event of an execution, before or after the first <see cref="TurnStarted"/>.</summary>
/// <remarks>Events before the first <see cref="TurnStarted"/> were taken over from the execution that continued as new; the first turn sees them.</remarks>
/// <param name="ExecutionId">Tells this execution from earlier and later ones under the same instance id.</param>
/// <param name="Name">The workflow.</param>
/// <param name="Input">Its input, or null.</param>
internal sealed record ExecutionStarted(string ExecutionId, string Name, string? Input) : HistoryEvent
{
    /// <summary>Who waits for the result; null for a workflow that nobody else started.</summary>
    public ParentLink? Parent { get; init; }

    /// <summary>When a scheduled start is due, or null.</summary>
    public DateTimeOffset? ScheduledStart { get; init; }

    /// <summary>The custom status that the execution before left, or null.</summary>
    public string? CustomStatus { get; init; }

    /// <summary>Ids of messages of the execution before, whose repetitions must still be recognised.</summary>
    public IReadOnlyList<string> SeenMessages { get; init; } = [];

    /// <summary>Children that executions before started and that had not answered when those ended; they are ended with the instance.</summary>
    public IReadOnlyList<string> EarlierChildren { get; init; } = [];
}
