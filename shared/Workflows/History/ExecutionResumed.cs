namespace Serverless.Components.Workflows.History;

/// <summary>The workflow was told to go on.</summary>
/// <param name="Reason">Why, or null.</param>
internal sealed record ExecutionResumed(string? Reason) : HistoryEvent;
