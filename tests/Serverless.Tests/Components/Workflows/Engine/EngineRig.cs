using Serverless.Components.Workflows;
using Serverless.Components.Workflows.Engine;
using Serverless.Components.Workflows.History;

namespace Serverless.Tests.Components.Workflows.Engine;

/// <summary>One instance whose turns a test runs by hand; it keeps the history as a store would.</summary>
internal sealed class EngineRig
{
    public static readonly DateTimeOffset Epoch = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private WorkflowExecution _execution;

    public EngineRig(WorkflowCatalog catalog, string instanceId = "i1", IEnumerable<HistoryEvent>? history = null)
    {
        Catalog = catalog;
        InstanceId = instanceId;
        History.AddRange(history ?? []);
        _execution = WorkflowExecution.Restore(instanceId, catalog, History);
    }

    public EngineRig(WorkflowCatalog catalog, string instanceId, RerunResult rerun)
        : this(catalog, instanceId, rerun.Turn.Events)
    {
        Turn = rerun.Turn;
        Now = rerun.Turn.Events[^1].Timestamp;
        _execution = rerun.Execution;
    }

    public WorkflowCatalog Catalog { get; }

    public string InstanceId { get; }

    public DateTimeOffset Now { get; set; } = Epoch;

    public List<HistoryEvent> History { get; } = [];

    public WorkflowTurn Turn { get; private set; } = null!;

    public string? ExecutionId => _execution.ExecutionId;

    public static EngineRig Of<TInput, TOutput>(Func<WorkflowContext, TInput, Task<TOutput>> run) => new(new WorkflowCatalog().AddWorkflow("W", run));

    public WorkflowTurn Start(string? input = null, ParentLink? parent = null, DateTimeOffset? at = null, string name = "W") =>
        Run(new ExecutionStarted("e1", name, input) { Timestamp = Now, Parent = parent, ScheduledStart = at });

    public WorkflowTurn Run(params HistoryEvent[] arrived)
    {
        Now += TimeSpan.FromSeconds(1);
        return Again(arrived);
    }

    /// <summary>A turn with a time of its own.</summary>
    public WorkflowTurn Again(params HistoryEvent[] arrived)
    {
        Turn = _execution.Advance(Now, arrived);
        if (Turn.ReplacesHistory)
        {
            History.Clear();
        }

        History.AddRange(Turn.Events);
        return Turn;
    }

    /// <summary>Forgets the live execution, as a process that ended.</summary>
    public EngineRig Restart()
    {
        _execution = WorkflowExecution.Restore(InstanceId, Catalog, [.. History]);
        return this;
    }

    public TaskCompleted Done(int task, string? output = null) => new(task, output) { Timestamp = Now };

    public TaskFailed Failed(int task, string message = "broken", bool isNonRetriable = false) =>
        new(task, new WorkflowFailure("System.InvalidOperationException", message) { IsNonRetriable = isNonRetriable }) { Timestamp = Now };

    public TimerFired Fired(int task) => new(task) { Timestamp = Now };

    public EventRaised Event(string name, string? payload = null, string? id = null) => new(id ?? $"m-{name}-{payload}", name, payload) { Timestamp = Now };

    public ChildCompleted ChildDone(int task, string? output = null) => new(task, output) { Timestamp = Now };

    public ChildFailed ChildBroke(int task, string message = "broken") => new(task, new WorkflowFailure("X", message)) { Timestamp = Now };

    public ExecutionSuspended Suspend() => new((string?)null) { Timestamp = Now };

    public ExecutionResumed Resume() => new((string?)null) { Timestamp = Now };

    public ExecutionTerminated Terminate(string? output = null) => new(output) { Timestamp = Now };

    /// <summary>The only action of the last turn.</summary>
    public T Only<T>()
        where T : WorkflowAction => Assert.IsType<T>(Assert.Single(Turn.Actions));
}
