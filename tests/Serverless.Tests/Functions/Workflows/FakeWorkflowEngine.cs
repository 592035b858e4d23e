using System.Collections.Concurrent;
using Serverless.Components.Registry;
using Serverless.Components.Workflows;
using Serverless.Components.Workflows.Instances;

namespace Serverless.Tests.Functions.Workflows;

/// <summary>An engine that answers what it is told, and keeps what it was asked.</summary>
internal sealed class FakeWorkflowEngine : IWorkflowEngine, IComponent
{
    public ConcurrentQueue<string> Calls { get; } = new();

    public WorkflowOutcome Outcome { get; set; }

    /// <summary>Outcomes before <see cref="Outcome"/>, one per call.</summary>
    public Queue<WorkflowOutcome> First { get; } = new();

    public Exception? Failure { get; set; }

    public WorkflowState? State { get; set; }

    public IReadOnlyList<WorkflowHistoryEntry>? History { get; set; }

    public WorkflowList? List { get; set; } = new([], null);

    public WorkflowStart? Started { get; private set; }

    public WorkflowQuery? Query { get; private set; }

    public WorkflowRerun? Rerun { get; private set; }

    public IReadOnlyList<string> Capabilities => [];

    public static WorkflowState Instance(string id = "i1") => new()
    {
        InstanceId = id,
        Name = "W",
        CreatedAt = new DateTimeOffset(2026, 8, 21, 10, 0, 0, TimeSpan.Zero),
        LastUpdatedAt = new DateTimeOffset(2026, 8, 21, 10, 0, 1, TimeSpan.Zero),
        Status = WorkflowRuntimeStatus.Running,
    };

    public Task InitializeAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public ValueTask<WorkflowOutcome> StartAsync(WorkflowStart start, CancellationToken cancellationToken)
    {
        Started = start;
        return Answer($"start {start.InstanceId} {start.Name} {start.Input}");
    }

    public ValueTask<WorkflowState?> GetAsync(string instanceId, CancellationToken cancellationToken)
    {
        Note($"get {instanceId}");
        return ValueTask.FromResult(State);
    }

    public ValueTask<WorkflowOutcome> RaiseEventAsync(string instanceId, string eventName, string payload, CancellationToken cancellationToken) =>
        Answer($"raise {instanceId} {eventName} {payload}");

    public ValueTask<WorkflowOutcome> ControlAsync(string instanceId, WorkflowControl control, CancellationToken cancellationToken) => Answer($"{control} {instanceId}");

    public ValueTask<WorkflowOutcome> PurgeAsync(string instanceId, CancellationToken cancellationToken) => Answer($"purge {instanceId}");

    public ValueTask<WorkflowList?> ListAsync(WorkflowQuery query, CancellationToken cancellationToken)
    {
        Query = query;
        Note("list");
        return ValueTask.FromResult(List);
    }

    public ValueTask<IReadOnlyList<WorkflowHistoryEntry>?> GetHistoryAsync(string instanceId, CancellationToken cancellationToken)
    {
        Note($"history {instanceId}");
        return ValueTask.FromResult(History);
    }

    public ValueTask<WorkflowOutcome> RerunAsync(WorkflowRerun rerun, CancellationToken cancellationToken)
    {
        Rerun = rerun;
        return Answer($"rerun {rerun.SourceId} {rerun.EventId} {rerun.NewId}");
    }

    private ValueTask<WorkflowOutcome> Answer(string call)
    {
        Note(call);
        return ValueTask.FromResult(First.TryDequeue(out var outcome) ? outcome : Outcome);
    }

    private void Note(string call)
    {
        Calls.Enqueue(call);
        if (Failure is not null)
        {
            throw Failure;
        }
    }
}
