using Serverless.Components.Workflows.History;

namespace Serverless.Components.Workflows.Engine;

/// <summary>An action by what must be the same in each replay; its input, and a timer's time, may differ.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="TaskId">Its number.</param>
/// <param name="Name">The activity, child or event; empty for a timer.</param>
/// <param name="Target">The child instance, or the receiver of an event; empty for others.</param>
internal readonly record struct AttemptedAction(ActionKind Kind, int TaskId, string Name, string Target)
{
    /// <summary>The action that an event records; null for other events.</summary>
    public static AttemptedAction? Of(HistoryEvent recorded) => recorded switch
    {
        TaskScheduled e => new(ActionKind.Activity, e.TaskId, e.Name, ""),
        TimerCreated e => new(ActionKind.Timer, e.TaskId, "", ""),
        ChildCreated e => new(ActionKind.Child, e.TaskId, e.Name, e.InstanceId),
        EventSent e => new(ActionKind.Event, e.TaskId, e.Name, e.InstanceId),
        _ => null,
    };

    public override string ToString() => Kind switch
    {
        ActionKind.Activity => $"activity '{Name}' (action {TaskId})",
        ActionKind.Timer => $"timer (action {TaskId})",
        ActionKind.Child => $"child workflow '{Name}' as instance '{Target}' (action {TaskId})",
        _ => $"event '{Name}' to instance '{Target}' (action {TaskId})",
    };
}
