namespace Serverless.Components.Workflows.History;

/// <summary>A timer was due.</summary>
/// <param name="TaskId">The action that set it.</param>
internal sealed record TimerFired(int TaskId) : HistoryEvent;
