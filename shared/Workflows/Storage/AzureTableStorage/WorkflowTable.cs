using System.Runtime.CompilerServices;
using Serverless.Components.Clients.AzureRest;
using Serverless.Components.Clients.AzureStorage.Tables;

namespace Serverless.Components.Workflows.Storage.AzureTableStorage;

/// <summary>The table, whose failures are those of a workflow store.</summary>
internal sealed class WorkflowTable(TableClient client) : IDisposable
{
    /// <summary>Makes the table if it is not there.</summary>
    public Task CreateAsync(CancellationToken cancellationToken) => RunAsync(() => new ValueTask<bool>(client.CreateTableAsync(cancellationToken))).AsTask();

    /// <summary>Reads a row; null when there is none.</summary>
    public ValueTask<TableEntity?> GetAsync(TableKey key, CancellationToken cancellationToken) => RunAsync(() => client.GetAsync(key, cancellationToken));

    /// <summary>Changes a row.</summary>
    public ValueTask<TableResult> ChangeAsync(TableOperation operation, CancellationToken cancellationToken) => RunAsync(() => client.ChangeAsync(operation, cancellationToken));

    /// <summary>Changes rows of one partition, all or none.</summary>
    public ValueTask<TableBatchResult> ChangeAsync(TableBatch batch, CancellationToken cancellationToken) => RunAsync(() => client.ChangeAsync(batch, cancellationToken));

    /// <summary>Reads all rows that fit, in the order of their keys.</summary>
    public async ValueTask<List<TableEntity>> ListAsync(TableFilter filter, CancellationToken cancellationToken, params string[] select)
    {
        List<TableEntity> rows = [];
        await foreach (var page in QueryAsync(new TableQuery(filter) { Select = select.Length == 0 ? null : select }, cancellationToken))
        {
            rows.AddRange(page);
        }

        return rows;
    }

    /// <summary>Reads rows page by page, in the order of their keys.</summary>
    public async IAsyncEnumerable<IReadOnlyList<TableEntity>> QueryAsync(TableQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var pages = client.QueryAsync(query, cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await RunAsync(pages.MoveNextAsync))
        {
            yield return pages.Current;
        }
    }

    /// <summary>Makes changes of one partition in as many batches as it takes; what is absent is passed over, what is there or has changed too.</summary>
    public async ValueTask ChangeLooselyAsync(IEnumerable<TableOperation> operations, CancellationToken cancellationToken)
    {
        foreach (var chunk in operations.Chunk(TableLimits.BatchOperations))
        {
            var rest = chunk.ToList();
            while (rest.Count > 0)
            {
                var batch = new TableBatch();
                rest.ForEach(batch.Add);
                var result = await ChangeAsync(batch, cancellationToken);
                if (result.Outcome == TableOutcome.Done)
                {
                    break;
                }

                rest.RemoveAt(result.Failed);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();

    private static async ValueTask<T> RunAsync<T>(Func<ValueTask<T>> request)
    {
        try
        {
            return await request();
        }
        catch (AzureException fault)
        {
            throw new WorkflowStoreException(fault.Message, fault);
        }
    }
}
