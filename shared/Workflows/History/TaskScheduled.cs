namespace Serverless.Components.Workflows.History;

/// <summary>The workflow called an activity.</summary>
/// <param name="TaskId">The number of the action.</param>
/// <param name="Name">The activity.</param>
/// <param name="Input">Its input, or null.</param>
internal sealed record TaskScheduled(int TaskId, string Name, string? Input) : HistoryEvent;
