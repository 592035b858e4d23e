namespace Serverless.Components.Workflows.History;

/// <summary>The workflow was told to pause.</summary>
/// <param name="Reason">Why, or null.</param>
internal sealed record ExecutionSuspended(string? Reason) : HistoryEvent;
