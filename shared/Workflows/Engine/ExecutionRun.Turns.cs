using Serverless.Components.Workflows.History;

namespace Serverless.Components.Workflows.Engine;

/// <summary>Goes through new turns.</summary>
internal sealed partial class ExecutionRun
{
    /// <summary>Most ids of messages that are handed to the next execution.</summary>
    private const int MostSeenMessages = 128;

    /// <summary>Most children that the next execution knows of; those that answer later are among them, since nobody hears it.</summary>
    private const int MostEarlierChildren = 128;

    private readonly List<HistoryEvent> _carried = [];
    private readonly List<HistoryEvent> _unsaved = [];
    private readonly List<HistoryEvent> _recorded = [];
    private bool _isInTurn;

    /// <summary>Tells this execution from others; null before it has a first event.</summary>
    public string? ExecutionId => (Start ?? _carried.OfType<ExecutionStarted>().FirstOrDefault())?.ExecutionId;

    /// <summary>True when its first events were taken over from the execution before and the code has not seen them.</summary>
    public bool IsCarried => _carried.Count > 0;

    /// <summary>Takes over the first events of an execution that follows another one; the first turn sees them.</summary>
    public void Carry(IReadOnlyCollection<HistoryEvent> events)
    {
        _carried.AddRange(events);
        _unsaved.AddRange(events);
        CustomStatus = events.OfType<ExecutionStarted>().FirstOrDefault()?.CustomStatus ?? CustomStatus;
    }

    /// <summary>Runs a turn as far as the execution goes.</summary>
    /// <returns>The first event that it did not look at, because it had ended.</returns>
    public int Run(DateTimeOffset now, IReadOnlyList<HistoryEvent> arrived, int first, bool withAnswers) => _synchronization.Within(() =>
    {
        if (End is null && (_fatal is not null || _synchronization.WasForeign))
        {
            BeginTurn(now);
            Abandon(WorkflowRuntimeStatus.Failed, output: null, _fatal ?? EngineFailures.ForeignAwait(Name));
        }
        else if (IsCarried)
        {
            BeginTurn(now);
            TakeCarried();
        }

        var next = first;
        for (; next < arrived.Count && End is null; next++)
        {
            if ((withAnswers || !IsAnswer(arrived[next])) && Accepts(arrived[next]))
            {
                BeginTurn(now);
                _recorded.Add(arrived[next]);
                Take(arrived[next]);
            }
        }

        return next;
    });

    /// <summary>Gives what the turn added, and closes it.</summary>
    public (List<HistoryEvent> Events, List<WorkflowAction> Actions) EndTurn()
    {
        List<HistoryEvent> events = [.. _unsaved, .. _recorded, .. _began];
        var actions = new List<WorkflowAction>(_actions);
        if (_isInTurn && End is not null)
        {
            events.Add(End);
            actions.RemoveAll(action => action is WorkflowAction.CallActivity or WorkflowAction.SetTimer or WorkflowAction.CancelTimer);
            actions.AddRange(LastMessages(End));
        }

        _unsaved.Clear();
        _recorded.Clear();
        _began.Clear();
        _actions.Clear();
        _isInTurn = false;
        return (events, actions);
    }

    /// <summary>Ends an execution, that was about to continue as new, for good.</summary>
    public void TerminateInstead(ExecutionTerminated termination)
    {
        _recorded.Add(termination);
        Abandon(WorkflowRuntimeStatus.Terminated, termination.Output, failure: null);
    }

    /// <summary>The execution that follows one that continues as new.</summary>
    public ExecutionRun Follow()
    {
        var start = new ExecutionStarted(NameBasedGuid.Create($"{InstanceId}/{ExecutionId}/next").ToString("N"), Name, _next!.Value.Input)
        {
            Timestamp = Now,
            Parent = Start!.Parent,
            CustomStatus = CustomStatus,
            SeenMessages = [.. _messages.TakeLast(MostSeenMessages)],
            EarlierChildren = [.. OpenChildren().TakeLast(MostEarlierChildren)],
        };
        var next = new ExecutionRun(InstanceId, catalog) { Now = Now };
        next.Carry(_next.Value.KeepEvents ? [start, .. _external.Untaken(), .. _held.Select(held => held.Event).OfType<EventRaised>()] : [start]);
        return next;
    }

    /// <summary>What of a turn's other events an execution, that runs only in the next turn, must be told of.</summary>
    public void CarryRest(IEnumerable<HistoryEvent> arrived)
    {
        var known = _carried.OfType<ExecutionStarted>().Single().SeenMessages.Concat(_carried.OfType<EventRaised>().Select(kept => kept.MessageId)).ToHashSet(StringComparer.Ordinal);
        HistoryEvent? pause = null;
        foreach (var rest in arrived)
        {
            switch (rest)
            {
                case EventRaised raised when known.Add(raised.MessageId):
                    Carry([raised]);
                    break;
                case ExecutionSuspended:
                    pause = rest;
                    break;
                case ExecutionResumed:
                    pause = null;
                    break;
            }
        }

        if (pause is not null)
        {
            Carry([pause]);
        }
    }

    private void BeginTurn(DateTimeOffset now)
    {
        if (_isInTurn)
        {
            return;
        }

        _isInTurn = true;
        OpenTurn(now);
        _recorded.Add(new TurnStarted { Timestamp = Now });
    }

    private void OpenTurn(DateTimeOffset now)
    {
        // A clock of another machine may be behind; the workflow's time never goes back.
        Now = now > Now ? now : Now;
        _firstTaskIdOfTurn = _nextTaskId;
        _hasTurn = true;
    }

    private void TakeCarried()
    {
        HistoryEvent[] carried = [.. _carried];
        _carried.Clear();
        foreach (var raised in carried.OfType<EventRaised>())
        {
            _held.Enqueue((raised, null));
        }

        _isSuspended = carried.Any(past => past is ExecutionSuspended);
        TakeStart(carried.OfType<ExecutionStarted>().Single());
        foreach (var raised in carried.OfType<EventRaised>())
        {
            See(raised.MessageId);
        }
    }

    private IEnumerable<WorkflowAction> LastMessages(ExecutionCompleted end)
    {
        if (end.Status == WorkflowRuntimeStatus.Terminated)
        {
            // One that was begun in this very turn never is.
            foreach (var child in OpenChildren(_firstTaskIdOfTurn))
            {
                yield return new WorkflowAction.Send(child, null, new ExecutionTerminated(null) { Timestamp = Now, ParentId = InstanceId });
            }
        }

        if (end.Status != WorkflowRuntimeStatus.ContinuedAsNew && Start?.Parent is { } parent)
        {
            HistoryEvent result = end.Status == WorkflowRuntimeStatus.Completed
                ? new ChildCompleted(parent.TaskId, end.Output) { Timestamp = Now }
                : new ChildFailed(parent.TaskId, end.Failure ?? EngineFailures.ChildTerminated(InstanceId)) { Timestamp = Now };
            yield return new WorkflowAction.Send(parent.InstanceId, parent.ExecutionId, result);
        }
    }

    /// <summary>Children that have not answered, those of earlier executions first.</summary>
    private IEnumerable<string> OpenChildren(int beforeTask = int.MaxValue) => (Start?.EarlierChildren ?? [])
        .Concat(_open.Values.Select(task => task.Action).Where(action => action.Kind == ActionKind.Child && action.TaskId < beforeTask).OrderBy(action => action.TaskId).Select(action => action.Target))
        .Distinct(StringComparer.Ordinal);

    private static bool IsAnswer(HistoryEvent arrived) => arrived is TaskCompleted or TaskFailed or TimerFired or ChildCompleted or ChildFailed;
}
