using Microsoft.Extensions.Logging;
using Serverless.Components.Workflows.History;

namespace Serverless.Components.Workflows.Engine;

/// <summary>One execution of an instance: its code, where it stands, and what it waits for.</summary>
internal sealed partial class ExecutionRun(string instanceId, WorkflowCatalog catalog)
{
    /// <summary>Number of the timer that wakes an instance whose start was scheduled, but which got a message before.</summary>
    public const int StartTimer = -1;

    private readonly RunSynchronization _synchronization = new();
    private readonly Dictionary<int, PendingTask> _open = [];
    private readonly ExternalEvents _external = new();
    private readonly List<string> _messages = [];
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly Queue<(HistoryEvent Event, PendingTask? Task)> _held = new();
    private bool _isSuspended;
    private bool _awaitsStart;

    /// <summary>The instance.</summary>
    public string InstanceId => instanceId;

    /// <summary>Its first event; null before it came.</summary>
    public ExecutionStarted? Start { get; private set; }

    /// <summary>The workflow.</summary>
    public string Name => Start?.Name ?? "";

    /// <summary>The time of the turn.</summary>
    public DateTimeOffset Now { get; private set; }

    /// <summary>True while history is gone through.</summary>
    public bool IsReplaying { get; private set; }

    /// <summary>How it ended, or null.</summary>
    public ExecutionCompleted? End { get; private set; }

    /// <summary>The custom status, or null.</summary>
    public string? CustomStatus { get; private set; }

    public WorkflowJson Json => catalog.Json;

    public ILoggerFactory Loggers => catalog.Loggers;

    /// <summary>The status.</summary>
    public WorkflowRuntimeStatus Status => End?.Status ?? (_isSuspended ? WorkflowRuntimeStatus.Suspended : IsCarried || (Start is not null && !_awaitsStart) ? WorkflowRuntimeStatus.Running : WorkflowRuntimeStatus.Pending);

    /// <summary>Whether an arriving event changes anything; a repetition, or an answer to what nobody waits for, does not.</summary>
    public bool Accepts(HistoryEvent arrived) => End is null && arrived switch
    {
        ExecutionStarted => Start is null,
        TaskCompleted e => IsOpen(ActionKind.Activity, e.TaskId),
        TaskFailed e => IsOpen(ActionKind.Activity, e.TaskId),
        TimerFired e => e.TaskId == StartTimer ? _awaitsStart : IsOpen(ActionKind.Timer, e.TaskId),
        ChildCompleted e => IsOpen(ActionKind.Child, e.TaskId),
        ChildFailed e => IsOpen(ActionKind.Child, e.TaskId),
        EventRaised e => !_seen.Contains(e.MessageId),
        ExecutionSuspended => !_isSuspended,
        ExecutionResumed => _isSuspended,
        ExecutionTerminated e => Obeys(e),
        _ => throw new ArgumentException($"{arrived.GetType().Name} is no event that arrives", nameof(arrived)),
    };

    /// <summary>Whether a termination is for this instance: the id of a child that has ended may be another's by now.</summary>
    public bool Obeys(ExecutionTerminated termination) => termination.ParentId is null || termination.ParentId == Start?.Parent?.InstanceId;

    /// <summary>An accepted event becomes part of the history, and the code sees it unless the instance is paused.</summary>
    private void Take(HistoryEvent arrived)
    {
        switch (arrived)
        {
            case ExecutionStarted e:
                TakeStart(e);
                break;
            case ExecutionSuspended:
                _isSuspended = true;
                break;
            case ExecutionResumed:
                _isSuspended = false;
                Proceed();
                break;
            case ExecutionTerminated e:
                Abandon(WorkflowRuntimeStatus.Terminated, e.Output, failure: null);
                break;
            case TimerFired { TaskId: StartTimer }:
                _awaitsStart = false;
                Proceed();
                break;
            case EventRaised e:
                See(e.MessageId);
                _held.Enqueue((e, null));
                Proceed();
                break;
            default:
                if (_open.Remove(AnsweredTask(arrived), out var task))
                {
                    _held.Enqueue((arrived, task));
                    Proceed();
                }

                break;
        }
    }

    private void TakeStart(ExecutionStarted start)
    {
        Start = start;
        CustomStatus = start.CustomStatus;
        foreach (var message in start.SeenMessages)
        {
            See(message);
        }

        _awaitsStart = start.ScheduledStart > Now;
        if (_awaitsStart && !IsReplaying)
        {
            _actions.Add(new WorkflowAction.SetTimer(StartTimer, start.ScheduledStart!.Value));
        }

        Proceed();
    }

    /// <summary>Starts the code, if it is time, and hands it what has arrived, one event after the other.</summary>
    private void Proceed()
    {
        if (Start is null || _awaitsStart || _isSuspended || End is not null)
        {
            return;
        }

        if (_code is null)
        {
            Launch();
        }

        while (End is null && _held.TryDequeue(out var next))
        {
            if ((next.Event is EventRaised raised ? _external.Arrive(raised) : next.Task) is { } task)
            {
                Answer(task, next.Event);
            }

            Settle();
        }
    }

    private void Answer(PendingTask task, HistoryEvent answer)
    {
        _firstTaskIdOfPiece = _nextTaskId;
        if (task.Partner is { } partner)
        {
            // The event came, so its timer is not needed; or the time is over, and the wait for the event with it.
            if (answer is TimerFired)
            {
                _external.GiveUp(partner.Action.Name, partner);
                RunSynchronization.Answer(() => partner.Cancel(CancellationToken.None));
            }
            else
            {
                CancelTimer(partner);
            }
        }

        RunSynchronization.Answer(() =>
        {
            switch (answer)
            {
                case TaskCompleted e:
                    task.Complete(e.Output);
                    break;
                case TaskFailed e:
                    task.Fail(e.Failure);
                    break;
                case ChildCompleted e:
                    task.Complete(e.Output);
                    break;
                case ChildFailed e:
                    task.Fail(e.Failure);
                    break;
                case EventRaised e:
                    task.Complete(e.Payload);
                    break;
                default:
                    task.Complete(null);
                    break;
            }
        });
        _synchronization.Drain();
    }

    private bool IsOpen(ActionKind kind, int taskId) => _open.TryGetValue(taskId, out var task) && task.Action.Kind == kind;

    private void See(string message)
    {
        if (_seen.Add(message))
        {
            _messages.Add(message);
        }
    }

    private static int AnsweredTask(HistoryEvent answer) => answer switch
    {
        TaskCompleted e => e.TaskId,
        TaskFailed e => e.TaskId,
        TimerFired e => e.TaskId,
        ChildCompleted e => e.TaskId,
        ChildFailed e => e.TaskId,
        _ => throw new ArgumentException($"{answer.GetType().Name} answers nothing", nameof(answer)),
    };
}
