using System.Collections;

namespace Serverless.Components.Clients.AzureStorage.Tables;

/// <summary>Changes of one partition that are made all or not at all; each row at most once.</summary>
/// <remarks>https://learn.microsoft.com/rest/api/storageservices/performing-entity-group-transactions.</remarks>
internal sealed class TableBatch : IReadOnlyList<TableOperation>
{
    private readonly List<TableOperation> _operations = [];
    private readonly HashSet<string> _rows = new(StringComparer.Ordinal);

    public int Count => _operations.Count;

    public TableOperation this[int index] => _operations[index];

    /// <summary>Appends an operation.</summary>
    /// <exception cref="TableLimitException">The batch is full, has that row already, or is about another partition.</exception>
    public void Add(TableOperation operation)
    {
        if (Count == TableLimits.BatchOperations)
        {
            throw new TableLimitException($"a batch can't hold more than {TableLimits.BatchOperations} operations");
        }

        if (Count > 0 && _operations[0].Key.PartitionKey != operation.Key.PartitionKey)
        {
            throw new TableLimitException("the operations of a batch must all be about one partition");
        }

        if (!_rows.Add(operation.Key.RowKey))
        {
            throw new TableLimitException("a batch can't change one row twice");
        }

        _operations.Add(operation);
    }

    public IEnumerator<TableOperation> GetEnumerator() => _operations.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
