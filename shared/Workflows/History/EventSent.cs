namespace Serverless.Components.Workflows.History;

/// <summary>The workflow sent an event to another instance.</summary>
/// <param name="TaskId">The number of the action.</param>
/// <param name="InstanceId">The receiver.</param>
/// <param name="Name">The event.</param>
/// <param name="Payload">What it carries, or null.</param>
internal sealed record EventSent(int TaskId, string InstanceId, string Name, string? Payload) : HistoryEvent;
