namespace Serverless.Components.Workflows.History;

/// <summary>The workflow was told to end.</summary>
/// <param name="Output">What becomes its output, or null.</param>
internal sealed record ExecutionTerminated(string? Output) : HistoryEvent;
