using Serverless.Components.Workflows.History;

namespace Serverless.Components.Workflows.Engine;

/// <summary>What a turn asks the world to do once it is committed.</summary>
internal abstract record WorkflowAction
{
    /// <summary>Call an activity.</summary>
    /// <param name="TaskId">The action's number.</param>
    /// <param name="Name">The activity.</param>
    /// <param name="Input">Its input, or null.</param>
    public sealed record CallActivity(int TaskId, string Name, string? Input) : WorkflowAction;

    /// <summary>Wait until a time.</summary>
    /// <param name="TaskId">The action's number; -1 for the wake-up of a scheduled start.</param>
    /// <param name="FireAt">When, UTC.</param>
    public sealed record SetTimer(int TaskId, DateTimeOffset FireAt) : WorkflowAction;

    /// <summary>Forget a timer of this execution that nobody waits for any more.</summary>
    /// <param name="TaskId">The action that set it.</param>
    public sealed record CancelTimer(int TaskId) : WorkflowAction;

    /// <summary>Start a child; it knows its parent.</summary>
    /// <param name="InstanceId">The child instance.</param>
    /// <param name="Start">Its first event.</param>
    public sealed record StartChild(string InstanceId, ExecutionStarted Start) : WorkflowAction;

    /// <summary>Append an event to another instance: an event that the workflow sends, a result for its parent, the end of a child.</summary>
    /// <param name="InstanceId">The receiver. One that is not there, or has ended, takes nothing.</param>
    /// <param name="ExecutionId">The execution it is meant for; null for whichever runs.</param>
    /// <param name="Message">What it gets.</param>
    public sealed record Send(string InstanceId, string? ExecutionId, HistoryEvent Message) : WorkflowAction;
}
