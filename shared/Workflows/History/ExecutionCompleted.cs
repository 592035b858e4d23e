namespace Serverless.Components.Workflows.History;

/// <summary>The execution ended; last event of a history.</summary>
/// <param name="Status">How: completed, failed, terminated or continued as new.</param>
/// <param name="Output">Its output, or the input of the next execution, or null.</param>
/// <param name="Failure">Why it failed, or null.</param>
internal sealed record ExecutionCompleted(WorkflowRuntimeStatus Status, string? Output, WorkflowFailure? Failure) : HistoryEvent;
