using Serverless.Components.Workflows.History;
using Serverless.Components.Workflows.Instances;

namespace Serverless.Components.Workflows.Engine;

/// <summary>Histories in the words of the durable task protocol.</summary>
internal static class HistoryView
{
    public static WorkflowHistoryEntry Of(HistoryEvent past) => past switch
    {
        TurnStarted => Entry("OrchestratorStarted", past),
        ExecutionStarted e => Entry("ExecutionStarted", past) with { Name = e.Name, InstanceId = e.Parent?.InstanceId, Text = e.Input, FireAt = e.ScheduledStart },
        TaskScheduled e => Entry("TaskScheduled", past) with { EventId = e.TaskId, Name = e.Name, Text = e.Input },
        TaskCompleted e => Entry("TaskCompleted", past) with { TaskId = e.TaskId, Text = e.Output },
        TaskFailed e => Entry("TaskFailed", past) with { TaskId = e.TaskId, Failure = e.Failure },
        TimerCreated e => Entry("TimerCreated", past) with { EventId = e.TaskId, FireAt = e.FireAt },
        TimerFired e => Entry("TimerFired", past) with { TaskId = e.TaskId },
        ChildCreated e => Entry("SubOrchestrationInstanceCreated", past) with { EventId = e.TaskId, Name = e.Name, InstanceId = e.InstanceId, Text = e.Input },
        ChildCompleted e => Entry("SubOrchestrationInstanceCompleted", past) with { TaskId = e.TaskId, Text = e.Output },
        ChildFailed e => Entry("SubOrchestrationInstanceFailed", past) with { TaskId = e.TaskId, Failure = e.Failure },
        EventRaised e => Entry("EventRaised", past) with { Name = e.Name, Text = e.Payload },
        EventSent e => Entry("EventSent", past) with { EventId = e.TaskId, Name = e.Name, InstanceId = e.InstanceId, Text = e.Payload },
        ExecutionSuspended e => Entry("ExecutionSuspended", past) with { Text = e.Reason },
        ExecutionResumed e => Entry("ExecutionResumed", past) with { Text = e.Reason },
        ExecutionTerminated e => Entry("ExecutionTerminated", past) with { Text = e.Output },
        ExecutionCompleted e => Entry("ExecutionCompleted", past) with { Text = e.Output, Failure = e.Failure },
        _ => Entry(past.GetType().Name, past),
    };

    private static WorkflowHistoryEntry Entry(string type, HistoryEvent past) => new(type, past.Timestamp);
}
