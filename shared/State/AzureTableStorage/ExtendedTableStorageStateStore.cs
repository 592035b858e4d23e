using Serverless.Components.Clients.AzureStorage.Tables;
using Serverless.Components.Registry;

namespace Serverless.Components.State.AzureTableStorage;

/// <summary>The store with <c>extensions</c>: transactions within a partition, expiry, large values, any characters in keys.</summary>
internal sealed class ExtendedTableStorageStateStore(ComponentContext context, TableStorageStateOptions options)
    : TableStorageStateStore(context, options), ITransactionalStateStore
{
    private const int DeletionsAtOnce = 8;

    // Instances that start together do not clean up together.
    private const double Scatter = 0.1;
    private static readonly string[] CleanupColumns = ["PartitionKey", "RowKey", TableStateRow.ExpiresAtColumn];
    private ExpiryCleanup? _cleanup;

    public override IReadOnlyList<string> Capabilities { get; } = ["ETAG", "TRANSACTIONAL", "TTL"];

    public int? MaxTransactionOperations => TableLimits.BatchOperations;

    public override async Task InitializeAsync(CancellationToken cancellationToken)
    {
        await base.InitializeAsync(cancellationToken);
        if (Options.CleanupInterval is { } interval)
        {
            _cleanup = new ExpiryCleanup(Context, interval * (1 + (Scatter * ((2 * Random.Shared.NextDouble()) - 1))), RemoveExpiredAsync);
        }
    }

    public ValueTask<StateResult> TransactAsync(StateTransaction transaction, CancellationToken cancellationToken) =>
        transaction.Operations.Count <= TableLimits.BatchOperations
            ? ChangeAsync(transaction.Operations, cancellationToken)
            : new(StateResult.Rejected($"a transaction can't hold more than {TableLimits.BatchOperations} operations"));

    public override async ValueTask DisposeAsync()
    {
        await (_cleanup?.DisposeAsync() ?? ValueTask.CompletedTask);
        await base.DisposeAsync();
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
}
