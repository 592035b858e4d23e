using Serverless.Components.Clients.AzureStorage.Tables;

namespace Serverless.Components.Workflows.Storage.AzureTableStorage;

/// <content>The list, in rows that follow the instances: one that was just made elsewhere may be missing for a moment.</content>
internal sealed partial class TableStorageWorkflowStore
{
    // An index page without an instance that fits is no page for the caller, up to some number.
    private const int MostEmptyPages = 20;

    /// <inheritdoc/>
    public async ValueTask<WorkflowPage?> ListAsync(WorkflowFilter filter, CancellationToken cancellationToken)
    {
        if (filter.Continuation is { } place && !WorkflowTableKeys.IsListRow(place))
        {
            return null;
        }

        await _index.FlushAsync();
        var (continuation, isEnd) = (filter.Continuation, false);
        List<WorkflowRecord> records = [];
        for (var pages = 0; pages < MostEmptyPages && records.Count == 0 && !isEnd; pages++)
        {
            var rows = await ReadListAsync(filter, continuation, cancellationToken);
            isEnd = rows.Count < filter.PageSize;
            continuation = rows.Count > 0 ? rows[^1].Key.RowKey : continuation;
            foreach (var chunk in rows.Chunk(RequestsAtOnce))
            {
                var found = await Task.WhenAll(chunk.Select(row => FindAsync(row.Text("Instance"), cancellationToken).AsTask()));
                for (var at = 0; at < chunk.Length; at++)
                {
                    Add(filter, chunk[at], found[at], records);
                }
            }
        }

        return new WorkflowPage(records, isEnd ? null : continuation);
    }

    private void Add(WorkflowFilter filter, TableEntity row, WorkflowRecord? record, List<WorkflowRecord> records)
    {
        if (record is null || record.CreatedAt.UtcTicks != row.Int64("Created"))
        {
            _index.Remove([(row.Key, row.ETag)]);
        }
        else if ((filter.Statuses.Count == 0 || filter.Statuses.Contains(record.Status)) && (filter.Name is null || filter.Name == record.Name))
        {
            records.Add(record);
        }
    }

    private async ValueTask<List<TableEntity>> ReadListAsync(WorkflowFilter filter, string? continuation, CancellationToken cancellationToken)
    {
        var condition = TableFilter.Partition(_keys.List);
        if (filter.CreatedFrom is { } from)
        {
            condition = condition.And(TableFilter.Where("RowKey", "lt", WorkflowTableKeys.ListTime(from) + "~"));
        }

        if (filter.CreatedBefore is { } before)
        {
            condition = condition.And(TableFilter.Where("RowKey", "gt", WorkflowTableKeys.ListTime(before) + "~"));
        }

        if (filter.Name is { } name)
        {
            condition = condition.And(TableFilter.Where("Name", "eq", name));
        }

        if (continuation is not null)
        {
            condition = condition.And(TableFilter.Where("RowKey", "gt", continuation));
        }

        List<TableEntity> rows = [];
        await foreach (var page in _table.QueryAsync(new TableQuery(condition) { PageSize = Math.Clamp(filter.PageSize, 1, TableLimits.PageSize) }, cancellationToken))
        {
            rows.AddRange(page.Take(filter.PageSize - rows.Count));
            if (rows.Count >= filter.PageSize)
            {
                break;
            }
        }

        return rows;
    }
}
