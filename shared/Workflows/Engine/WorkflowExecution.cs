using Serverless.Components.Workflows.History;

namespace Serverless.Components.Workflows.Engine;

/// <summary>The replayed state of an instance, from which its next turn goes on. Not for several threads at once.</summary>
/// <remarks>Pure: what comes out depends on the history, the turns' times and events, and the workflow's code alone.</remarks>
internal sealed class WorkflowExecution
{
    /// <summary>How often a workflow may continue as new within one turn.</summary>
    public const int MostExecutionsOfTurn = 16;

    private ExecutionRun _run;

    private WorkflowExecution(ExecutionRun run) => _run = run;

    /// <summary>Tells the present execution from others; null before the first turn.</summary>
    public string? ExecutionId => _run.ExecutionId;

    /// <summary>The status after the last turn.</summary>
    public WorkflowRuntimeStatus Status => _run.Status;

    /// <summary>True when there are no more turns.</summary>
    public bool HasEnded => _run.End is not null;

    /// <summary>Goes through the history of the present execution.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="catalog">Knows the workflow; one that it does not know fails in the next turn.</param>
    /// <param name="history">The history; empty for a new instance.</param>
    public static WorkflowExecution Restore(string instanceId, WorkflowCatalog catalog, IReadOnlyList<HistoryEvent> history)
    {
        var run = new ExecutionRun(instanceId, catalog);
        run.Replay(history);
        return new WorkflowExecution(run);
    }

    /// <summary>Goes through what was committed elsewhere after what this object has, of the same execution and without a gap.</summary>
    public void Replay(IReadOnlyList<HistoryEvent> more) => _run.Replay(more);

    /// <summary>The actions of a history whose answers are missing, as if they were new.</summary>
    public IReadOnlyList<WorkflowAction> BeginAgain(IReadOnlyList<HistoryEvent> history) => [.. history.Select(_run.BeginAgain).OfType<WorkflowAction>()];

    /// <summary>Runs a turn. When it is not committed this object is ahead of the store and must not be used again.</summary>
    /// <param name="now">The time.</param>
    /// <param name="arrived">What the instance gets, in order. Repetitions, and answers to what nobody waits for, have no effect.</param>
    public WorkflowTurn Advance(DateTimeOffset now, IReadOnlyList<HistoryEvent> arrived)
    {
        var actions = new List<WorkflowAction>();
        var next = _run.Run(now, arrived, 0, withAnswers: true);
        var executions = 1;
        var hasMore = false;
        while (_run.End is { Status: WorkflowRuntimeStatus.ContinuedAsNew })
        {
            var rest = arrived.Skip(next);
            if (rest.OfType<ExecutionTerminated>().FirstOrDefault(_run.Obeys) is { } termination)
            {
                _run.TerminateInstead(termination);
                break;
            }

            var followed = _run;
            _run = followed.Follow();
            actions.AddRange(followed.EndTurn().Actions);
            if (executions++ == MostExecutionsOfTurn)
            {
                _run.CarryRest(rest);
                hasMore = true;
                break;
            }

            // Answers are numbered within an execution, and those left over were for an earlier one.
            next = _run.Run(now, arrived, next, withAnswers: false);
        }

        var (events, last) = _run.EndTurn();
        actions.AddRange(last);
        return new WorkflowTurn
        {
            Events = events,
            Actions = actions,
            Status = _run.Status,
            ReplacesHistory = executions > 1,
            HasMore = hasMore,
            CustomStatus = _run.CustomStatus,
            Output = _run.End?.Output,
            Failure = _run.End?.Failure,
        };
    }
}
