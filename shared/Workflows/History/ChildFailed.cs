namespace Serverless.Components.Workflows.History;

/// <summary>A child workflow failed, or was terminated.</summary>
/// <param name="TaskId">The action that started it.</param>
/// <param name="Failure">Why.</param>
internal sealed record ChildFailed(int TaskId, WorkflowFailure Failure) : HistoryEvent;
