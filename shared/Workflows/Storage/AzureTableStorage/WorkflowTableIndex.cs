using Microsoft.Extensions.Logging;
using Serverless.Components.Clients.AzureStorage.Tables;

namespace Serverless.Components.Workflows.Storage.AzureTableStorage;

/// <summary>
/// Writes rows that only find other rows: the list of instances and the free items of work. They follow the commits that they are about, many in
/// one request where many wait, and a loss is repaired.
/// </summary>
internal sealed partial class WorkflowTableIndex(WorkflowTable table, WorkflowTableKeys keys, ILogger logger, TimeProvider time) : IAsyncDisposable
{
    private const int MostTries = 4;
    private static readonly TimeSpan LastWrites = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stopping = new();
    private Dictionary<TableKey, TableOperation> _waiting = [];
    private TaskCompletionSource<bool> _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource<bool>? _underWay;
    private bool _isWriting;
    private bool _isClosed;

    /// <summary>Makes free items findable; done when the task ends.</summary>
    public Task PutReadyAsync(IEnumerable<WorkItem> items) => AddAsync(items.Select(Put));

    /// <summary>Puts an instance into the list; done when the task ends with true.</summary>
    public Task<bool> PutListAsync(WorkflowRecord record) => AddAsync([TableOperation.InsertOrReplace(new TableEntity(
        keys.ListRow(record.InstanceId, record.CreatedAt),
        [new("Instance", record.InstanceId), new("Name", record.Name), new("Created", record.CreatedAt.UtcTicks)]))]);

    /// <summary>Removes rows some time; where an ETag is given, only while it holds.</summary>
    public void Remove(IEnumerable<(TableKey Key, string? ETag)> rows) =>
        _ = AddAsync(rows.Select(row => TableOperation.Delete(row.Key, row.ETag is { } etag ? TableCondition.ETag(etag) : TableCondition.Exists)));

    /// <summary>Waits for what was asked for before.</summary>
    public Task FlushAsync() => AddAsync([]);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_isClosed)
        {
            return;
        }

        _isClosed = true;
        _stopping.CancelAfter(LastWrites);
        await FlushAsync();
        _stopping.Dispose();
    }

    private TableOperation Put(WorkItem item) => TableOperation.InsertOrReplace(new TableEntity(
        keys.ReadyRow(item.InstanceId, item.WorkId, item.Due),
        [new("Instance", item.InstanceId), new("Work", item.WorkId), new("Due", item.Due.UtcTicks), new("IsActivity", item.Kind == WorkKind.Activity)]));

    private Task<bool> AddAsync(IEnumerable<TableOperation> operations)
    {
        TaskCompletionSource<bool>? done;
        lock (_gate)
        {
            foreach (var operation in operations)
            {
                _waiting[operation.Key] = operation;
            }

            done = _waiting.Count == 0 ? _underWay : _next;
            if (!_isWriting && _waiting.Count > 0)
            {
                _isWriting = true;
                _ = WriteAsync();
            }
        }

        return done?.Task ?? Task.FromResult(true);
    }

    private async Task WriteAsync()
    {
        // Whatever is asked for while a request is under way goes with the next.
        await Task.Yield();
        while (true)
        {
            Dictionary<TableKey, TableOperation> operations;
            TaskCompletionSource<bool> done;
            lock (_gate)
            {
                if (_waiting.Count == 0)
                {
                    _isWriting = false;
                    return;
                }

                (operations, _waiting) = (_waiting, []);
                (done, _underWay) = (_next, _next);
                _next = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            Task written = Task.WhenAll(operations.Values.GroupBy(operation => operation.Key.PartitionKey).Select(WriteAsync));
            await written.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            done.SetResult(written is Task<bool[]> { IsCompletedSuccessfully: true } results && Array.TrueForAll(await results, isWritten => isWritten));
        }
    }

    private async Task<bool> WriteAsync(IEnumerable<TableOperation> operations)
    {
        var all = operations.ToList();
        for (var tries = 1; ; tries++)
        {
            try
            {
                await table.ChangeLooselyAsync(all, _stopping.Token);
                return true;
            }
            catch (WorkflowStoreException) when (tries < MostTries)
            {
                // Each can be made twice; what they tell of would have to wait for the repair.
                await Task.Delay(FirstPause * (1 << tries), time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception fault) when (fault is WorkflowStoreException or OperationCanceledException)
            {
                LogLost(logger, fault.Message);
                return false;
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "index rows of workflows could not be written and wait for the next repair: {Reason}")]
    private static partial void LogLost(ILogger logger, string reason);
}
