using Serverless.Components.Workflows.History;

namespace Serverless.Components.Workflows.Engine;

/// <summary>What the code does.</summary>
internal sealed partial class ExecutionRun
{
    /// <summary>Most actions that the code may begin between two answers.</summary>
    public const int MostActions = 10_000;

    private readonly Queue<AttemptedAction> _unrecorded = new();
    private readonly List<HistoryEvent> _began = [];
    private readonly List<WorkflowAction> _actions = [];
    private int _nextTaskId;
    private int _firstTaskIdOfTurn;
    private int _firstTaskIdOfPiece;
    private int _guids;

    public Task<T> CallActivityAsync<T>(string name, object? input, WorkflowJson? json)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        var task = new PendingResult<T>(NextAction(ActionKind.Activity, name, ""), json);
        if (Records(task.Action))
        {
            var text = Write(input);
            _began.Add(new TaskScheduled(task.Action.TaskId, name, text) { Timestamp = Now });
            _actions.Add(new WorkflowAction.CallActivity(task.Action.TaskId, name, text));
        }

        _open.Add(task.Action.TaskId, task);
        return task.Task;
    }

    public Task<T> StartChildAsync<T>(string name, object? input, string? childId, WorkflowJson? json)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        var child = string.IsNullOrEmpty(childId) ? DefaultChildId(InstanceId, _nextTaskId) : childId;
        var task = new PendingResult<T>(NextAction(ActionKind.Child, name, child), json);
        if (Records(task.Action))
        {
            var text = Write(input);
            var id = task.Action.TaskId;
            _began.Add(new ChildCreated(id, name, child, text) { Timestamp = Now });
            _actions.Add(new WorkflowAction.StartChild(child, ChildStart(id, name, text)));
        }

        _open.Add(task.Action.TaskId, task);
        return task.Task;
    }

    public Task SetTimerAsync(DateTime fireAt, CancellationToken cancellationToken)
    {
        Check();
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled(cancellationToken);
        }

        var timer = new PendingResult<bool>(NextAction(ActionKind.Timer, "", ""), json: null);
        OpenTimer(timer, new DateTimeOffset(fireAt));
        Watch(timer, static (run, task) => run.CancelTimer(task), cancellationToken);
        return timer.Task;
    }

    public Task<T> WaitForEventAsync<T>(string name, TimeSpan timeout, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Check();
        var wait = new PendingResult<T>(new AttemptedAction(ActionKind.Event, StartTimer, name, ""), Json);
        if (cancellationToken.IsCancellationRequested)
        {
            wait.Cancel(cancellationToken);
        }
        else if (_external.Take(name, wait) is { } arrived)
        {
            wait.Complete(arrived.Payload);
        }
        else if (timeout == Timeout.InfiniteTimeSpan)
        {
            Watch(wait, static (run, task) => run._external.GiveUp(task.Action.Name, task), cancellationToken);
        }
        else if (timeout <= TimeSpan.Zero)
        {
            _external.GiveUp(name, wait);
            wait.Cancel(CancellationToken.None);
        }
        else
        {
            var timer = new PendingResult<bool>(NextAction(ActionKind.Timer, "", ""), json: null) { Partner = wait };
            wait.Partner = timer;
            OpenTimer(timer, timeout > DateTimeOffset.MaxValue - Now ? DateTimeOffset.MaxValue : Now + timeout);
        }

        return wait.Task;
    }

    public void SendEvent(string receiver, string name, object? payload)
    {
        ArgumentException.ThrowIfNullOrEmpty(receiver);
        ArgumentException.ThrowIfNullOrEmpty(name);
        var action = NextAction(ActionKind.Event, name, receiver);
        if (Records(action))
        {
            var text = Write(payload);
            _began.Add(new EventSent(action.TaskId, receiver, name, text) { Timestamp = Now });
            _actions.Add(new WorkflowAction.Send(receiver, null, new EventRaised(FormattableString.Invariant($"{Start!.ExecutionId}.{action.TaskId}"), name, text) { Timestamp = Now }));
        }
    }

    public void SetCustomStatus(object? status)
    {
        Check();
        CustomStatus = Json.Write(status);
    }

    public void ContinueAsNew(object? input, bool keepEvents)
    {
        Check();
        _next = (Json.Write(input), keepEvents);
    }

    public Guid NewGuid()
    {
        Check();
        return NameBasedGuid.Create(FormattableString.Invariant($"{InstanceId}/{Start!.ExecutionId}/{Now.UtcTicks}/{_guids++}"));
    }

    /// <summary>A recorded action as a new one; null when nobody waits for its answer.</summary>
    public WorkflowAction? BeginAgain(HistoryEvent recorded) => recorded switch
    {
        TaskScheduled e when _open.ContainsKey(e.TaskId) => new WorkflowAction.CallActivity(e.TaskId, e.Name, e.Input),
        TimerCreated e when _open.ContainsKey(e.TaskId) => new WorkflowAction.SetTimer(e.TaskId, e.FireAt),
        ChildCreated e when _open.ContainsKey(e.TaskId) => new WorkflowAction.StartChild(e.InstanceId, ChildStart(e.TaskId, e.Name, e.Input)),
        _ => null,
    };

    /// <summary>The id of a child that was given none.</summary>
    public static string DefaultChildId(string parentId, int taskId) => FormattableString.Invariant($"{parentId}:{taskId:x4}");

    /// <summary>The first event of a child.</summary>
    private ExecutionStarted ChildStart(int taskId, string name, string? input) =>
        new(NameBasedGuid.Create(FormattableString.Invariant($"{InstanceId}/{Start!.ExecutionId}/child/{taskId}")).ToString("N"), name, input)
        {
            Timestamp = Now,
            Parent = new ParentLink(InstanceId, Start.ExecutionId, taskId),
        };

    private void OpenTimer(PendingTask timer, DateTimeOffset fireAt)
    {
        if (Records(timer.Action))
        {
            _began.Add(new TimerCreated(timer.Action.TaskId, fireAt) { Timestamp = Now });
            _actions.Add(new WorkflowAction.SetTimer(timer.Action.TaskId, fireAt));
        }

        _open.Add(timer.Action.TaskId, timer);
    }

    private void CancelTimer(PendingTask timer)
    {
        if (_open.Remove(timer.Action.TaskId) && !IsReplaying)
        {
            // One of this very turn was never set.
            if (timer.Action.TaskId < _firstTaskIdOfTurn || _actions.RemoveAll(action => action is WorkflowAction.SetTimer set && set.TaskId == timer.Action.TaskId) == 0)
            {
                _actions.Add(new WorkflowAction.CancelTimer(timer.Action.TaskId));
            }
        }
    }

    private void Watch(PendingTask task, Action<ExecutionRun, PendingTask> giveUp, CancellationToken cancellationToken)
    {
        if (cancellationToken.CanBeCanceled)
        {
            task.Watch = cancellationToken.UnsafeRegister(_ => GiveUp(), null);
        }

        void GiveUp()
        {
            if (!_synchronization.IsHere)
            {
                _synchronization.MarkForeign();
            }
            else if (!task.IsCompleted)
            {
                giveUp(this, task);
                RunSynchronization.Answer(() => task.Cancel(cancellationToken));
            }
        }
    }

    private AttemptedAction NextAction(ActionKind kind, string name, string target)
    {
        Check();
        if (_nextTaskId - _firstTaskIdOfPiece >= MostActions)
        {
            _fatal = EngineFailures.TooManyActions(Name, MostActions);
            throw new InvalidOperationException(_fatal.ErrorMessage);
        }

        return new AttemptedAction(kind, _nextTaskId++, name, target);
    }

    /// <summary>True when an action is new; in a replay it must be one that is recorded, which shows later.</summary>
    private bool Records(AttemptedAction action)
    {
        if (IsReplaying)
        {
            _unrecorded.Enqueue(action);
        }

        return !IsReplaying;
    }

    /// <summary>JSON of an input. A value that can't be written fails the workflow, because a replay writes it no more.</summary>
    private string? Write(object? value)
    {
        try
        {
            return Json.Write(value);
        }
        catch (Exception e)
        {
            _fatal ??= WorkflowFailure.FromException(e);
            throw;
        }
    }

    private void Check()
    {
        if (!_synchronization.IsHere)
        {
            _synchronization.MarkForeign();
            throw new InvalidOperationException(EngineFailures.ForeignAwait(Name).ErrorMessage);
        }

        if (_fatal is not null)
        {
            throw new InvalidOperationException(_fatal.ErrorMessage);
        }
    }
}
