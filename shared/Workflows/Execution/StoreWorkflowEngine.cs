using Serverless.Components.Workflows.Engine;
using Serverless.Components.Workflows.History;
using Serverless.Components.Workflows.Instances;
using Serverless.Components.Workflows.Storage;

namespace Serverless.Components.Workflows.Execution;

/// <summary>The built-in engine: what callers ask for goes into the store, and a worker, here or elsewhere, does the rest.</summary>
/// <param name="scope">The runtime.</param>
/// <param name="worker">This process's worker of the moment; null while it has none.</param>
internal sealed partial class StoreWorkflowEngine(ExecutionScope scope, Func<Worker?> worker) : IWorkflowEngine
{
    private const int MostReads = 3;

    /// <inheritdoc/>
    public ValueTask<WorkflowOutcome> StartAsync(WorkflowStart start, CancellationToken cancellationToken) => GuardAsync(async () =>
    {
        if (await RefusalAsync(start.InstanceId, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        var executionId = Guid.NewGuid().ToString("N");
        var started = new ExecutionStarted(executionId, start.Name, start.Input) { Timestamp = scope.Now, ScheduledStart = start.StartAt };
        return await InstanceCreation.CreateAsync(scope, worker(), start.InstanceId, started, $"s.{executionId}", cancellationToken) == CreateOutcome.Created
            ? WorkflowOutcome.Done
            : WorkflowOutcome.IsActive;
    });

    /// <inheritdoc/>
    public ValueTask<WorkflowState?> GetAsync(string instanceId, CancellationToken cancellationToken) => GuardAsync(async () =>
    {
        for (var tries = 1; ; tries++)
        {
            if (await scope.Store.FindAsync(instanceId, cancellationToken) is not { } record)
            {
                return null;
            }

            try
            {
                var start = (await EventChunk.ReadAsync(scope.Store, instanceId, record.Start, cancellationToken))[0];
                return State(record, start, await InstanceOutcome.ReadAsync(scope.Store, record, cancellationToken));
            }
            catch (WorkflowStoreException) when (tries < MostReads)
            {
                // A turn has been committed meanwhile, and what the record referred to is gone.
            }
        }
    });

    /// <inheritdoc/>
    public ValueTask<WorkflowOutcome> RaiseEventAsync(string instanceId, string eventName, string payload, CancellationToken cancellationToken)
    {
        var id = $"e.{Guid.NewGuid():N}";
        return AppendAsync(instanceId, id, new EventRaised(id, eventName, payload) { Timestamp = scope.Now }, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<WorkflowOutcome> ControlAsync(string instanceId, WorkflowControl control, CancellationToken cancellationToken) => AppendAsync(
        instanceId,
        $"c.{Guid.NewGuid():N}",
        control switch
        {
            WorkflowControl.Suspend => new ExecutionSuspended(null) { Timestamp = scope.Now },
            WorkflowControl.Resume => new ExecutionResumed(null) { Timestamp = scope.Now },
            _ => new ExecutionTerminated(null) { Timestamp = scope.Now },
        },
        cancellationToken);

    /// <inheritdoc/>
    public ValueTask<WorkflowList?> ListAsync(WorkflowQuery query, CancellationToken cancellationToken) => GuardAsync<WorkflowList?>(async () =>
    {
        var filter = new WorkflowFilter
        {
            Statuses = query.Statuses,
            Name = query.Name,
            CreatedFrom = query.CreatedFrom,
            CreatedBefore = query.CreatedBefore,
            PageSize = Math.Clamp(query.PageSize, 1, 1000),
            Continuation = query.Continuation,
        };
        if (await scope.Store.ListAsync(filter, cancellationToken) is not { } page)
        {
            return null;
        }

        var states = page.Records.Select(record => State(record, EventChunk.Peek(record.Start), InstanceOutcome.Peek(record)));
        return new WorkflowList([.. states], page.Continuation);
    });

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<WorkflowHistoryEntry>?> GetHistoryAsync(string instanceId, CancellationToken cancellationToken) => GuardAsync<IReadOnlyList<WorkflowHistoryEntry>?>(
        async () => await scope.Store.LoadAsync(instanceId, KnownVersion.None, cancellationToken) is not { } loaded
            ? null
            : [.. (await InstanceReader.DecodeAsync(scope, loaded, cancellationToken)).Select(HistoryView.Of)]);

    private static WorkflowState State(WorkflowRecord record, HistoryEvent start, InstanceOutcome outcome) => new()
    {
        InstanceId = record.InstanceId,
        Name = record.Name,
        CreatedAt = record.CreatedAt,
        LastUpdatedAt = record.UpdatedAt,
        Status = record.Status,
        Input = (start as ExecutionStarted)?.Input,
        CustomStatus = outcome.CustomStatus,
        Output = outcome.Output,
        Failure = outcome.Failure,
    };

    private ValueTask<WorkflowOutcome> AppendAsync(string instanceId, string id, HistoryEvent content, CancellationToken cancellationToken) => GuardAsync(async () =>
    {
        var payloads = new Dictionary<string, ReadOnlyMemory<byte>>();
        var key = PayloadKeys.OfInbox(id);
        var chunk = EventChunk.Pack(content, key, payloads);
        if (payloads.Count > 0)
        {
            if (await scope.Store.FindAsync(instanceId, cancellationToken) is not { } record)
            {
                return WorkflowOutcome.NotFound;
            }

            if (record.HasEnded)
            {
                return WorkflowOutcome.Done;
            }

            await EventChunk.PutAsync(scope.Store, instanceId, payloads, cancellationToken);
        }

        var current = worker();
        AppendOutcome outcome;
        try
        {
            outcome = await scope.Store.AppendAsync(instanceId, new InboxMessage(id, null, chunk), current?.TurnOwner, cancellationToken);
        }
        catch (Exception) when (current?.TurnOwner is not null)
        {
            // It may be there, with the turn in our name.
            current.Turns.Post(instanceId, null, TurnReasons.Unsure);
            throw;
        }

        if (outcome == AppendOutcome.Owned)
        {
            current!.Turns.Post(instanceId, null, TurnReasons.Owned);
        }
        else if (outcome == AppendOutcome.Appended)
        {
            await FreeWork.AnnounceAsync(scope, current, [new() { InstanceId = instanceId, WorkId = WorkItem.TurnId, Kind = WorkKind.Turn, Name = "", Due = scope.Now }], cancellationToken);
        }
        else if (payloads.Count > 0)
        {
            await scope.Store.TrimPayloadsAsync(instanceId, key, [], cancellationToken);
        }

        return outcome == AppendOutcome.NotFound ? WorkflowOutcome.NotFound : WorkflowOutcome.Done;
    });

    // Callers learn of trouble in one way.
    private static async ValueTask<T> GuardAsync<T>(Func<ValueTask<T>> action)
    {
        try
        {
            return await action();
        }
        catch (Exception failure) when (failure is WorkflowStoreException or Dispatch.WorkflowDispatchException or WorkflowHistoryException)
        {
            throw new WorkflowEngineException(failure.Message, failure);
        }
    }
}
