using Microsoft.Extensions.Logging;
using Serverless.Components.Clients.AzureStorage.Tables;
using Serverless.Components.Registry;

namespace Serverless.Components.State.AzureTableStorage;

/// <summary>The store with <c>extensions</c>: transactions within a partition, expiry, large values, any characters in keys.</summary>
internal sealed partial class ExtendedTableStorageStateStore(ComponentContext context, TableStorageStateOptions options)
    : TableStorageStateStore(context, options), ITransactionalStateStore
{
    private const int DeletionsAtOnce = 8;

    // Instances that start together do not clean up together.
    private const double Scatter = 0.1;
    private static readonly string[] CleanupColumns = ["PartitionKey", "RowKey", TableStateRow.ExpiresAtColumn];
    private readonly CancellationTokenSource _ending = new();
    private Task _cleanup = Task.CompletedTask;

    public override IReadOnlyList<string> Capabilities { get; } = ["ETAG", "TRANSACTIONAL", "TTL"];

    public int? MaxTransactionOperations => TableLimits.BatchOperations;

    public override async Task InitializeAsync(CancellationToken cancellationToken)
    {
        await base.InitializeAsync(cancellationToken);
        if (Options.CleanupInterval is { } interval)
        {
            _cleanup = CleanUpAsync(interval);
        }
    }

    public ValueTask<StateResult> TransactAsync(StateTransaction transaction, CancellationToken cancellationToken) =>
        transaction.Operations.Count <= TableLimits.BatchOperations
            ? ChangeAsync(transaction.Operations, cancellationToken)
            : new(StateResult.Rejected($"a transaction can't hold more than {TableLimits.BatchOperations} operations"));

    public override async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _cleanup.WaitAsync(CancellationToken.None);
        _ending.Dispose();
        await base.DisposeAsync();
    }

    private async Task CleanUpAsync(TimeSpan interval)
    {
        while (!_ending.IsCancellationRequested)
        {
            try
            {
                var pause = interval * (1 + (Scatter * ((2 * Random.Shared.NextDouble()) - 1)));
                await Task.Delay(pause, Context.Host.Time, _ending.Token);
                LogCleanedUp(Context.Logger, Context.Name, await RemoveExpiredAsync(_ending.Token));
            }
            catch (Exception failure)
            {
                // The next round may do better; and while the store is being closed everything may fail.
                if (!_ending.IsCancellationRequested)
                {
                    LogCleanupFailed(Context.Logger, Context.Name, failure);
                }
            }
        }
    }

    /// <summary>Removes what has expired, row by row and only where it is still what was found, so that several instances may do it.</summary>
    private async Task<int> RemoveExpiredAsync(CancellationToken cancellationToken)
    {
        var removed = 0;
        var query = new TableQuery(TableFilter.Where(TableStateRow.ExpiresAtColumn, "le", Context.Host.Time.GetUtcNow())) { Select = CleanupColumns };
        await foreach (var page in Client.QueryAsync(query, cancellationToken))
        {
            await Parallel.ForEachAsync(page, new ParallelOptions { MaxDegreeOfParallelism = DeletionsAtOnce, CancellationToken = cancellationToken }, async (row, token) =>
            {
                var result = await Client.ChangeAsync(TableOperation.Delete(row.Key, TableCondition.ETag(row.ETag!)), token);
                if (result.Outcome == TableOutcome.Done)
                {
                    Interlocked.Increment(ref removed);
                }
            });
        }

        return removed;
    }

    [LoggerMessage(LogLevel.Debug, "component '{Component}': removed {Rows} expired rows")]
    private static partial void LogCleanedUp(ILogger logger, string component, int rows);

    [LoggerMessage(LogLevel.Error, "component '{Component}': expired rows were not removed")]
    private static partial void LogCleanupFailed(ILogger logger, string component, Exception failure);
}
