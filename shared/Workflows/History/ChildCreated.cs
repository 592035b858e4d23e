namespace Serverless.Components.Workflows.History;

/// <summary>The workflow started a child.</summary>
/// <param name="TaskId">The number of the action.</param>
/// <param name="Name">The child workflow.</param>
/// <param name="InstanceId">The child instance.</param>
/// <param name="Input">Its input, or null.</param>
internal sealed record ChildCreated(int TaskId, string Name, string InstanceId, string? Input) : HistoryEvent;
