namespace Serverless.Components.Workflows.History;

/// <summary>An activity gave its result.</summary>
/// <param name="TaskId">The action that called it.</param>
/// <param name="Output">The result, or null.</param>
internal sealed record TaskCompleted(int TaskId, string? Output) : HistoryEvent;
