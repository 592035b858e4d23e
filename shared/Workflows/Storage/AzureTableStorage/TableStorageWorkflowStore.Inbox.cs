using Serverless.Components.Clients.AzureStorage.Tables;

namespace Serverless.Components.Workflows.Storage.AzureTableStorage;

/// <content>Messages and results arrive.</content>
internal sealed partial class TableStorageWorkflowStore
{
    /// <inheritdoc/>
    public async ValueTask<AppendOutcome> AppendAsync(string instanceId, InboxMessage message, Guid? owner, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            var guard = await ReadGuardAsync(instanceId, cancellationToken);
            if (guard is null)
            {
                return await ReadMetaAsync(instanceId, cancellationToken) is null ? AppendOutcome.NotFound : AppendOutcome.Dropped;
            }

            if (message.ExecutionId is { } execution && execution != guard.Execution)
            {
                return AppendOutcome.Dropped;
            }

            if (await TryAppendAsync(instanceId, message, guard, owner, null, cancellationToken) is { IsDone: true } append)
            {
                return append.Outcome;
            }
        }

        throw Contended(instanceId);
    }

    /// <inheritdoc/>
    public async ValueTask<bool> CompleteAsync(WorkItem item, Guid owner, InboxMessage? result, CancellationToken cancellationToken)
    {
        var memory = _known.Of(item.InstanceId);
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            // The turn item and the item of work are looked at in parallel; the item not even that, where this process wrote it last.
            var looking = result is null ? null : ReadGuardAsync(item.InstanceId, cancellationToken).AsTask();
            var key = _keys.WorkRow(item.InstanceId, item.WorkId);
            var etag = memory.ETagOf(item.WorkId, owner);
            if (etag is null)
            {
                var row = await _table.GetAsync(key, cancellationToken);
                etag = row?.Guid("Owner") == owner ? row.ETag : null;
            }

            var guard = looking is null ? null : await looking;
            if (etag is null)
            {
                return false;
            }

            var removal = TableOperation.Delete(key, TableCondition.ETag(etag));
            var isTaken = result is not null && guard is not null && (result.ExecutionId is null || result.ExecutionId == guard.Execution);
            var isDone = isTaken
                ? (await TryAppendAsync(item.InstanceId, result!, guard!, owner, removal, cancellationToken)).IsDone
                : (await _table.ChangeAsync(removal, cancellationToken)).Outcome == TableOutcome.Done;
            if (isDone)
            {
                memory.ForgetWork(item.WorkId);
                return true;
            }

            memory.DoubtWork(item.WorkId);
        }

        throw Contended(item.InstanceId);
    }

    private async ValueTask<WorkflowGuard?> ReadGuardAsync(string instanceId, CancellationToken cancellationToken) =>
        WorkflowGuard.Read(await _table.ListAsync(_keys.Rows(instanceId, WorkflowTableKeys.Guard, WorkflowTableKeys.Turn), cancellationToken));

    /// <summary>Appends under the guard that was read; not done when something in the way has to be looked at again.</summary>
    private async ValueTask<(bool IsDone, AppendOutcome Outcome)> TryAppendAsync(
        string instanceId, InboxMessage message, WorkflowGuard guard, Guid? owner, TableOperation? removal, CancellationToken cancellationToken)
    {
        var (key, now) = (_keys.Row(instanceId, WorkflowTableKeys.Turn), _time.GetUtcNow());
        var batch = new TableBatch();
        if (removal is not null)
        {
            batch.Add(removal);
        }

        var owns = owner is not null && (guard.TurnETag is null || guard.TurnOwner == Guid.Empty || guard.TurnOwner == owner);
        var turn = WorkflowGuard.Item(instanceId, guard.Name, owner, now);
        if (guard.TurnETag is null)
        {
            batch.Add(TableOperation.Merge(new TableEntity(_keys.Row(instanceId, WorkflowTableKeys.Guard), [new("Since", now.UtcTicks)]), TableCondition.ETag(guard.ETag)));
            batch.Add(TableOperation.Insert(WorkflowWorkRow.Create(key, turn)));
        }
        else if (owns && guard.TurnOwner == Guid.Empty)
        {
            batch.Add(WorkflowWorkRow.Own(key, owner!.Value, guard.TurnETag));
        }
        else
        {
            // Only noticed by who would remove the item; when it is gone already, this fails.
            batch.Add(TableOperation.Merge(new TableEntity(key, [new("Since", now.UtcTicks)]), TableCondition.Exists));
        }

        batch.Add(TableOperation.Insert(WorkflowInboxRow.Create(key.PartitionKey, message, NextOrder())));
        var result = await _table.ChangeAsync(batch, cancellationToken);
        var outcome = owns ? AppendOutcome.Owned : AppendOutcome.Appended;
        if (result.Outcome == TableOutcome.Done)
        {
            if (guard.TurnETag is null && owner is null)
            {
                await _index.PutReadyAsync([turn]);
            }

            return (true, outcome);
        }

        if (result is not { Outcome: TableOutcome.Exists } || result.Failed != batch.Count - 1 || guard.TurnETag is null)
        {
            return (false, outcome);
        }

        // The message is there already, and so is its turn item: what else was to be changed is.
        var rest = new TableBatch();
        foreach (var operation in batch.Take(batch.Count - 1).Where(operation => operation.Condition != TableCondition.Exists))
        {
            rest.Add(operation);
        }

        return ((await _table.ChangeAsync(rest, cancellationToken)).Outcome == TableOutcome.Done, outcome);
    }
}
