using Serverless.Components.Workflows.Engine;
using Serverless.Components.Workflows.History;
using Serverless.Components.Workflows.Storage;

namespace Serverless.Components.Workflows.Execution;

/// <summary>Ends an instance that can't be worked on, without asking its workflow.</summary>
internal sealed partial class TurnRunner
{
    // Other processes may commit turns meanwhile; each try begins with what is there then.
    private const int MostTries = 20;

    /// <summary>Fails an instance. One that is gone or has ended stays as it is.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="reason">Why.</param>
    /// <param name="item">The work that is not possible, owned; null when it is the turn.</param>
    public async ValueTask FailAsync(string instanceId, string reason, WorkItem? item)
    {
        for (var tries = 0; tries < MostTries; tries++)
        {
            if (await Scope.Store.FindAsync(instanceId, worker.Lost) is not { HasEnded: false } record)
            {
                return;
            }

            var now = Scope.Now;
            var writer = new TurnWriter(worker, record, Fail(record, reason, now), now);
            var commit = writer.Write([], item is null ? [] : [item]);
            await EventChunk.PutAsync(Scope.Store, instanceId, writer.Payloads, worker.Lost);
            var committed = await Scope.Store.CommitAsync(commit, worker.Lost);
            if (committed.Outcome == CommitOutcome.WorkLost)
            {
                return;
            }

            if (committed.Outcome == CommitOutcome.Committed)
            {
                Scope.Cache.Take(instanceId);
                worker.Forget(instanceId);
                await worker.TakeOnAsync(commit.NewWork);
                return;
            }
        }

        throw new WorkflowStoreException($"workflow '{instanceId}' could not be failed: it kept changing");
    }

    private static WorkflowTurn Fail(WorkflowRecord record, string reason, DateTimeOffset now)
    {
        var failure = new WorkflowFailure("WorkflowPoisoned", reason) { IsNonRetriable = true };
        var parent = (EventChunk.Peek(record.Start) as ExecutionStarted)?.Parent;
        return new WorkflowTurn
        {
            Events = [new TurnStarted { Timestamp = now }, new ExecutionCompleted(WorkflowRuntimeStatus.Failed, null, failure) { Timestamp = now }],
            Actions = parent is null ? [] : [new WorkflowAction.Send(parent.InstanceId, parent.ExecutionId, new ChildFailed(parent.TaskId, failure) { Timestamp = now })],
            Status = WorkflowRuntimeStatus.Failed,
            Failure = failure,
        };
    }
}
