namespace Serverless.Components.Workflows.History;

/// <summary>The workflow set a timer.</summary>
/// <param name="TaskId">The number of the action.</param>
/// <param name="FireAt">When it is due, UTC.</param>
internal sealed record TimerCreated(int TaskId, DateTimeOffset FireAt) : HistoryEvent;
