namespace Serverless.Components.Workflows.History;

/// <summary>An activity failed.</summary>
/// <param name="TaskId">The action that called it.</param>
/// <param name="Failure">Why.</param>
internal sealed record TaskFailed(int TaskId, WorkflowFailure Failure) : HistoryEvent;
