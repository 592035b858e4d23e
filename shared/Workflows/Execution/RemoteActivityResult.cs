namespace Serverless.Components.Workflows.Execution;

/// <summary>What a remote activity answered.</summary>
/// <param name="Output">Its result as JSON, or null.</param>
/// <param name="Failure">Why it failed, or null when it did not.</param>
public sealed record RemoteActivityResult(string? Output, WorkflowFailure? Failure);
