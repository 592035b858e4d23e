using Serverless.Components.Clients.AzureStorage.Tables;

namespace Serverless.Components.Workflows.Storage.AzureTableStorage;

/// <content>What a process that died left behind is finished, freed, indexed or removed.</content>
internal sealed partial class TableStorageWorkflowStore
{
    // What somebody may still be about.
    private static readonly TimeSpan Untouched = TimeSpan.FromMinutes(2);

    // A look through a large table costs; it is had less often then.
    private static readonly TimeSpan PauseOfPage = TimeSpan.FromSeconds(3);
    private DateTimeOffset _nextLook;

    /// <inheritdoc/>
    public async ValueTask RepairAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (now < _nextLook)
        {
            return;
        }

        await _index.FlushAsync();
        var indexed = (await _table.ListAsync(_keys.Ready, cancellationToken)).ToDictionary(row => row.Key);
        var sessions = await _table.ListAsync(TableFilter.Partition(_keys.Sessions), cancellationToken, "RowKey", "Ended");
        var live = sessions.Where(row => !row.Flag("Ended")).Select(row => Guid.ParseExact(row.Key.RowKey, "D")).ToHashSet();
        List<TableEntity> orphans = [];
        List<WorkItem> missing = [];
        var pages = 0;
        var query = new TableQuery(_keys.Instances.And(TableFilter.Where("Pending", "eq", true))) { Select = [.. WorkflowWorkRow.Brief, "Staged", "Purging", "Listed", "Created", "Name", "Version"] };
        await foreach (var page in _table.QueryAsync(query, cancellationToken))
        {
            pages++;
            foreach (var row in page)
            {
                var key = row.Key.RowKey;
                if (key == WorkflowTableKeys.Meta)
                {
                    await RepairInstanceAsync(row, cancellationToken);
                }
                else if (key.StartsWith(WorkflowTableKeys.Payloads, StringComparison.Ordinal))
                {
                    await SettleLooseAsync(row, now, cancellationToken);
                }
                else if (key.StartsWith(WorkflowTableKeys.Staged, StringComparison.Ordinal))
                {
                    await RemoveStagedAsync(row, now, cancellationToken);
                }
                else if (row.Guid("Owner") == Guid.Empty)
                {
                    var item = WorkflowWorkRow.Item(row, null);
                    if (!indexed.Remove(_keys.ReadyRow(item.InstanceId, item.WorkId, item.Due)))
                    {
                        missing.Add(item);
                    }
                }
                else if (!live.Contains(row.Guid("Owner")) && row.Timestamp < now - Untouched)
                {
                    orphans.Add(row);
                }
            }
        }

        // The index was read first: what it tells of and was not found is not free any more.
        _index.Remove(indexed.Values.Select(row => (row.Key, row.ETag)));
        await _index.PutReadyAsync(missing);
        await FreeAsync(orphans, cancellationToken);
        _nextLook = now + (pages * PauseOfPage);
    }

    private async ValueTask RepairInstanceAsync(TableEntity row, CancellationToken cancellationToken)
    {
        var id = row.Text("Instance");
        if (row.Flag("Purging"))
        {
            await PurgeAsync(id, row.Int64("Version"), cancellationToken);
            return;
        }

        if (row.Text("Staged").Length > 0)
        {
            await ApplyStagedAsync(id, cancellationToken);
        }

        if (!row.Flag("Listed") && await ReadMetaAsync(id, cancellationToken) is { IsListed: false } meta && await _index.PutListAsync(meta.Record))
        {
            await _table.ChangeAsync(TableOperation.Merge(new TableEntity(row.Key, [new("Listed", true), new("Pending", meta.Staged.Length > 0)]), TableCondition.ETag(meta.ETag)), cancellationToken);
        }
    }

    // A part of a payload whose instance was not there yet.
    private async ValueTask SettleLooseAsync(TableEntity row, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (row.Timestamp < now - LoosePayloads.Age)
        {
            var settled = await ReadMetaAsync(row.Text("Instance"), cancellationToken) is null
                ? TableOperation.Delete(row.Key, TableCondition.ETag(row.ETag))
                : TableOperation.Merge(new TableEntity(row.Key, [new("Pending", false)]), TableCondition.ETag(row.ETag));
            await _table.ChangeAsync(settled, cancellationToken);
        }
    }

    // Rows of a commit that was never made.
    private async ValueTask RemoveStagedAsync(TableEntity row, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (row.Timestamp < now - Untouched && !row.Key.RowKey.StartsWith(StagedPrefix((await ReadMetaAsync(row.Text("Instance"), cancellationToken))?.Staged ?? ""), StringComparison.Ordinal))
        {
            await _table.ChangeAsync(TableOperation.Delete(row.Key, TableCondition.ETag(row.ETag)), cancellationToken);
        }
    }
}
