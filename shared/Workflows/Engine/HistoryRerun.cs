using Serverless.Components.Workflows.History;
using Serverless.Components.Workflows.Instances;

namespace Serverless.Components.Workflows.Engine;

/// <summary>Begins a new instance with the past of another one, up to the turn that began an action; that turn is run again.</summary>
/// <remarks>Pure, as the engine is. What the source waited for then, the new instance waits for as well, and so it is begun again.</remarks>
internal static class HistoryRerun
{
    /// <summary>Makes the new instance's first turn; null when the source has no activity, timer or child of the number.</summary>
    /// <param name="catalog">Knows the workflow.</param>
    /// <param name="source">The history of the source.</param>
    /// <param name="rerun">What is asked for.</param>
    /// <param name="executionId">The execution of the new instance.</param>
    /// <param name="now">The time.</param>
    public static RerunResult? Create(WorkflowCatalog catalog, IReadOnlyList<HistoryEvent> source, WorkflowRerun rerun, string executionId, DateTimeOffset now)
    {
        var at = 0;
        while (at < source.Count && !IsRepeated(source[at], rerun))
        {
            at++;
        }

        if (at == source.Count)
        {
            return null;
        }

        var turn = at;
        while (source[turn] is not TurnStarted)
        {
            turn--;
        }

        HistoryEvent[] past = [.. source.Take(turn).Select(each => Moved(each, rerun, executionId, now, source[turn].Timestamp))];
        var arrived = source.Skip(turn + 1).Take(at - turn).Where(Arrives).Select(each => Moved(each, rerun, executionId, now, now)).ToList();
        var execution = WorkflowExecution.Restore(rerun.NewId, catalog, past);
        if (execution.Status == WorkflowRuntimeStatus.Suspended)
        {
            arrived.Insert(0, new ExecutionResumed((string?)null) { Timestamp = now });
        }

        var first = execution.Advance(now, arrived);
        if (first.ReplacesHistory)
        {
            return new RerunResult(execution, first);
        }

        return new RerunResult(execution, first with
        {
            Events = [.. past, .. first.Events.Select(each => WithInput(each, rerun))],
            Actions = [.. execution.HasEnded ? [] : execution.BeginAgain(past), .. first.Actions.Select(each => WithInput(each, rerun))],
        });
    }

    /// <summary>Whether an event records the action that is to be repeated.</summary>
    public static bool IsRepeated(HistoryEvent past, WorkflowRerun rerun) => AttemptedAction.Of(past) is { Kind: not ActionKind.Event } action && action.TaskId == rerun.EventId;

    private static bool Arrives(HistoryEvent past) =>
        AttemptedAction.Of(past) is null && past is not (ExecutionSuspended or ExecutionResumed or ExecutionTerminated or ExecutionCompleted);

    /// <summary>An event of the source as one of the new instance.</summary>
    private static HistoryEvent Moved(HistoryEvent past, WorkflowRerun rerun, string executionId, DateTimeOffset now, DateTimeOffset turn) => past switch
    {
        ExecutionStarted e => e with { ExecutionId = executionId, Parent = null, ScheduledStart = null, EarlierChildren = [] },
        ChildCreated e when e.InstanceId == ExecutionRun.DefaultChildId(rerun.SourceId, e.TaskId) => e with { InstanceId = ExecutionRun.DefaultChildId(rerun.NewId, e.TaskId) },
        TimerCreated e => e with { FireAt = e.FireAt > turn ? Later(now, e.FireAt - turn) : e.FireAt },
        _ => past,
    };

    private static DateTimeOffset Later(DateTimeOffset now, TimeSpan wait) => wait > DateTimeOffset.MaxValue - now ? DateTimeOffset.MaxValue : now + wait;

    private static HistoryEvent WithInput(HistoryEvent past, WorkflowRerun rerun) => !rerun.HasInput || !IsRepeated(past, rerun) ? past : past switch
    {
        TaskScheduled e => e with { Input = rerun.Input },
        ChildCreated e => e with { Input = rerun.Input },
        _ => past,
    };

    private static WorkflowAction WithInput(WorkflowAction action, WorkflowRerun rerun) => !rerun.HasInput ? action : action switch
    {
        WorkflowAction.CallActivity e when e.TaskId == rerun.EventId => e with { Input = rerun.Input },
        WorkflowAction.StartChild e when e.Start.Parent?.TaskId == rerun.EventId => e with { Start = e.Start with { Input = rerun.Input } },
        _ => action,
    };
}
