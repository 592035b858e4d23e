namespace Serverless.Components.Workflows.History;

/// <summary>A child workflow gave its result.</summary>
/// <param name="TaskId">The action that started it.</param>
/// <param name="Output">The result, or null.</param>
internal sealed record ChildCompleted(int TaskId, string? Output) : HistoryEvent;
