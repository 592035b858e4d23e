using Serverless.Components.Clients.AzureStorage.Tables;

namespace Serverless.Components.Workflows.Storage.AzureTableStorage;

/// <content>Instances come, are read, and go.</content>
internal sealed partial class TableStorageWorkflowStore
{
    // Room for the rows that a new instance is made of.
    private const int MostRemovals = TableLimits.BatchOperations - 4;

    /// <inheritdoc/>
    public async ValueTask<CreateOutcome> CreateAsync(NewWorkflow workflow, CancellationToken cancellationToken)
    {
        var id = workflow.Record.InstanceId;
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            var outcome = attempt == 0 ? await TryCreateAsync(workflow, null, [], cancellationToken) : await ReplaceAsync(workflow, cancellationToken);
            if (outcome is { } created)
            {
                return created;
            }
        }

        throw Contended(id);
    }

    /// <inheritdoc/>
    public async ValueTask<LoadedWorkflow?> LoadAsync(string instanceId, KnownVersion known, CancellationToken cancellationToken)
    {
        var memory = _known.Of(instanceId);
        var epoch = known.Version > 0 ? memory.EpochOf(known.ExecutionId) : null;
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            var from = epoch is { } present ? WorkflowTableKeys.HistoryRow(present, known.Version + 1, 0) : WorkflowTableKeys.History;
            var rows = await _table.ListAsync(_keys.Rows(instanceId, from, WorkflowTableKeys.Meta), cancellationToken);
            if (View(rows) is not { } view)
            {
                _known.Remove(instanceId);
                return null;
            }

            if (view.Meta.Staged.Length > 0)
            {
                await ApplyStagedAsync(instanceId, cancellationToken);
                continue;
            }

            var isPart = known.ExecutionId == view.Meta.Record.ExecutionId && known.Version > 0 && known.Version <= view.Meta.Record.Version;
            if (epoch is not null && !isPart && view.Meta.Epoch <= epoch)
            {
                // What was remembered does not hold any more, and the range began too late.
                epoch = null;
                continue;
            }

            var history = rows.TakeWhile(row => row.Key.RowKey.StartsWith(WorkflowTableKeys.History, StringComparison.Ordinal));
            if (WorkflowHistoryRows.Read(history, view.Meta, isPart ? known.Version : 0) is { } chunks)
            {
                memory.Learn(view);
                var inbox = rows.Where(IsInbox).Select(WorkflowInboxRow.Read).OrderBy(row => row.ArrivedAt).ThenBy(row => row.Order).Select(row => row.Message);
                return new LoadedWorkflow(view.Meta.Record, !isPart, chunks, view.Guard is null ? [] : [.. inbox.Take(LoadedWorkflow.MostMessages)]);
            }
        }

        throw Contended(instanceId);
    }

    /// <inheritdoc/>
    public async ValueTask<bool> PurgeAsync(string instanceId, long version, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            var meta = WorkflowMetaRow.Read(await _table.GetAsync(_keys.Row(instanceId, WorkflowTableKeys.Meta), cancellationToken));
            if (meta is null)
            {
                return true;
            }

            if (!meta.IsPurging && meta.Record.Version != version)
            {
                return false;
            }

            if (meta.Staged.Length > 0 && !meta.IsPurging)
            {
                await ApplyStagedAsync(instanceId, cancellationToken);
                continue;
            }

            var rows = await ListRowsAsync(instanceId, cancellationToken);
            if (!meta.IsPurging && rows.Exists(row => row.Key.RowKey.StartsWith(WorkflowTableKeys.Work, StringComparison.Ordinal) && row.Int32("Kind") == (int)WorkKind.Message))
            {
                return false;
            }

            if (await TryPurgeAsync(meta, rows, cancellationToken))
            {
                _known.Remove(instanceId);
                _index.Remove([(_keys.ListRow(instanceId, meta.Record.CreatedAt), null)]);
                return true;
            }
        }

        throw Contended(instanceId);
    }

    private static bool IsGuard(TableEntity row) => row.Key.RowKey is WorkflowTableKeys.Guard or WorkflowTableKeys.Turn;

    private static bool IsPayload(TableEntity row) => row.Key.RowKey.StartsWith(WorkflowTableKeys.Payloads, StringComparison.Ordinal);

    private static TableOperation Remove(TableEntity row) => TableOperation.Delete(row.Key, TableCondition.ETag(row.ETag));

    // All rows of an instance but its own, briefly.
    private async ValueTask<List<TableEntity>> ListRowsAsync(string instanceId, CancellationToken cancellationToken)
    {
        var rows = await _table.ListAsync(TableFilter.Partition(_keys.Partition(instanceId)), cancellationToken, "PartitionKey", "RowKey", "Kind");
        rows.RemoveAll(row => row.Key.RowKey == WorkflowTableKeys.Meta);
        return rows;
    }

    private async ValueTask<bool> TryPurgeAsync(WorkflowMetaRow meta, List<TableEntity> rows, CancellationToken cancellationToken)
    {
        var key = _keys.Row(meta.Record.InstanceId, WorkflowTableKeys.Meta);
        var batch = new TableBatch();
        if (rows.Count < TableLimits.BatchOperations)
        {
            batch.Add(TableOperation.Delete(key, TableCondition.ETag(meta.ETag)));
            rows.ForEach(row => batch.Add(Remove(row)));
            return (await _table.ChangeAsync(batch, cancellationToken)).Outcome == TableOutcome.Done;
        }

        // First it is gone for everyone, then row by row; a repair finishes what is begun.
        if (!meta.IsPurging)
        {
            batch.Add(TableOperation.Merge(new TableEntity(key, [new("Purging", true), new("Pending", true)]), TableCondition.ETag(meta.ETag)));
            rows.FindAll(IsGuard).ForEach(row => batch.Add(Remove(row)));

            if ((await _table.ChangeAsync(batch, cancellationToken)).Outcome != TableOutcome.Done)
            {
                return false;
            }
        }

        await _table.ChangeLooselyAsync(rows.Where(row => !IsGuard(row)).Select(row => TableOperation.Delete(row.Key, TableCondition.Exists)), cancellationToken);
        return false;
    }

    // Null when it changed meanwhile.
    private async ValueTask<CreateOutcome?> ReplaceAsync(NewWorkflow workflow, CancellationToken cancellationToken)
    {
        var id = workflow.Record.InstanceId;
        if (WorkflowMetaRow.Read(await _table.GetAsync(_keys.Row(id, WorkflowTableKeys.Meta), cancellationToken)) is not { } old)
        {
            return await TryCreateAsync(workflow, null, [], cancellationToken);
        }

        if (old.IsPurging)
        {
            await PurgeAsync(id, old.Record.Version, cancellationToken);
            return null;
        }

        if (old.Creator == workflow.First.Id)
        {
            return CreateOutcome.Created;
        }

        if (!old.Record.HasEnded)
        {
            return CreateOutcome.IsActive;
        }

        if (old.Staged.Length > 0)
        {
            await ApplyStagedAsync(id, cancellationToken);
            return null;
        }

        // Messages on their way outlive the instance. An old history and old payloads are invisible and can go later.
        var rows = await ListRowsAsync(id, cancellationToken);
        var kept = workflow.KeptPayloads.Select(WorkflowTableKeys.PayloadsOf).ToArray();
        var later = rows.Where(row => row.Key.RowKey.StartsWith(WorkflowTableKeys.History, StringComparison.Ordinal)
            || (IsPayload(row) && !kept.Any(prefix => row.Key.RowKey.StartsWith(prefix, StringComparison.Ordinal)))).ToList();
        rows.RemoveAll(row => IsPayload(row)
            || IsGuard(row)
            || row.Key.RowKey == WorkflowTableKeys.Inbox + workflow.First.Id
            || row.Int32("Kind") == (int)WorkKind.Message
            || later.Contains(row));
        if (rows.Count > MostRemovals)
        {
            var batch = new TableBatch();
            batch.Add(TableOperation.Merge(new TableEntity(_keys.Row(id, WorkflowTableKeys.Meta), [new("Purging", false)]), TableCondition.ETag(old.ETag)));
            rows.Take(MostRemovals).ToList().ForEach(row => batch.Add(Remove(row)));
            await _table.ChangeAsync(batch, cancellationToken);
            return null;
        }

        var outcome = await TryCreateAsync(workflow, old, rows, cancellationToken);
        if (outcome is not null)
        {
            await _table.ChangeLooselyAsync(later.Select(row => TableOperation.Delete(row.Key, TableCondition.Exists)), cancellationToken);
            _index.Remove([(_keys.ListRow(id, old.Record.CreatedAt), null)]);
        }

        return outcome;
    }

    // Null when a row is in the way.
    private async ValueTask<CreateOutcome?> TryCreateAsync(NewWorkflow workflow, WorkflowMetaRow? old, List<TableEntity> removed, CancellationToken cancellationToken)
    {
        var record = workflow.Record;
        var memory = _known.Of(record.InstanceId);
        var (epoch, attempt) = (Math.Max((old?.Epoch ?? 0) + 1, _time.GetUtcNow().UtcTicks), Guid.NewGuid());
        var meta = WorkflowMetaRow.Create(_keys.Row(record.InstanceId, WorkflowTableKeys.Meta), workflow, epoch, attempt);
        var guard = WorkflowGuard.Create(_keys.Row(record.InstanceId, WorkflowTableKeys.Guard), record);
        var turn = WorkflowGuard.Item(record.InstanceId, record.Name, workflow.Owner, workflow.Due);
        var batch = new TableBatch();
        batch.Add(old is null ? TableOperation.Insert(meta) : TableOperation.Replace(meta, TableCondition.ETag(old.ETag)));
        batch.Add(TableOperation.InsertOrReplace(guard));
        batch.Add(TableOperation.InsertOrReplace(WorkflowWorkRow.Create(_keys.Row(record.InstanceId, WorkflowTableKeys.Turn), turn)));
        batch.Add(TableOperation.InsertOrReplace(WorkflowInboxRow.Create(meta.Key.PartitionKey, workflow.First, NextOrder())));
        removed.ForEach(row => batch.Add(Remove(row)));
        var result = await _table.ChangeAsync(batch, cancellationToken);
        if (result.Outcome != TableOutcome.Done)
        {
            memory.Forget();
            return null;
        }

        var view = new WorkflowView(
            WorkflowMetaRow.Read(meta with { ETag = result.ETags[0] })!,
            WorkflowGuard.Read([guard with { ETag = result.ETags[1] }])! with { TurnETag = result.ETags[2], TurnOwner = workflow.Owner ?? Guid.Empty },
            [workflow.First.Id]);
        memory.Begin(view);
        if (old is not null)
        {
            memory.DoubtWork();
        }

        _ = ListAsync(memory, record);
        if (workflow.Owner is null)
        {
            await _index.PutReadyAsync([turn]);
        }

        return CreateOutcome.Created;
    }

    // The first commit after it notes that no repair is needed.
    private async Task ListAsync(KnownInstance memory, WorkflowRecord record)
    {
        if (await _index.PutListAsync(record))
        {
            memory.IsListed = true;
        }
    }
}
