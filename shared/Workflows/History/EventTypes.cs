namespace Serverless.Components.Workflows.History;

/// <summary>What events are called in stored histories. A name is never given another meaning.</summary>
internal static class EventTypes
{
    public const string Turn = "turn";
    public const string Start = "start";
    public const string Task = "task";
    public const string TaskDone = "task-done";
    public const string TaskFailed = "task-failed";
    public const string Timer = "timer";
    public const string TimerFired = "timer-fired";
    public const string Child = "child";
    public const string ChildDone = "child-done";
    public const string ChildFailed = "child-failed";
    public const string Event = "event";
    public const string EventSent = "event-sent";
    public const string Suspended = "suspended";
    public const string Resumed = "resumed";
    public const string Terminated = "terminated";
    public const string End = "end";

    public static string NameOf(HistoryEvent named) => named switch
    {
        TurnStarted => Turn,
        ExecutionStarted => Start,
        TaskScheduled => Task,
        TaskCompleted => TaskDone,
        History.TaskFailed => TaskFailed,
        TimerCreated => Timer,
        History.TimerFired => TimerFired,
        ChildCreated => Child,
        ChildCompleted => ChildDone,
        History.ChildFailed => ChildFailed,
        EventRaised => Event,
        History.EventSent => EventSent,
        ExecutionSuspended => Suspended,
        ExecutionResumed => Resumed,
        ExecutionTerminated => Terminated,
        ExecutionCompleted => End,
        _ => throw new ArgumentException($"{named.GetType().Name} has no name in a stored history", nameof(named)),
    };
}
