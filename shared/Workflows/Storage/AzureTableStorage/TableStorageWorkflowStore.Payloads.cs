using System.Globalization;
using Serverless.Components.Clients.AzureStorage.Tables;

namespace Serverless.Components.Workflows.Storage.AzureTableStorage;

/// <content>Large payloads, in as many rows as they need.</content>
internal sealed partial class TableStorageWorkflowStore
{
    // Base64 of it is less than 1 MiB, too: Azurite counts that.
    private const int PayloadRowBytes = 11 * TableLimits.BinaryLength;

    /// <inheritdoc/>
    public async ValueTask PutPayloadAsync(string instanceId, string key, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        // One that is put before its instance is looked at again by a repair.
        var isLoose = _known.Of(instanceId).View is null && await ReadMetaAsync(instanceId, cancellationToken) is null;

        // The first row, which tells the size, is the last to be written.
        var rows = Math.Max(1, (payload.Length + PayloadRowBytes - 1) / PayloadRowBytes);
        for (var row = rows - 1; row >= 0; row--)
        {
            List<TableProperty> properties = [new("Key", key), new("Whole", payload.Length)];
            if (isLoose)
            {
                properties.AddRange([new("Pending", true), new("Instance", instanceId)]);
            }

            properties.Add("Part", payload.Slice(row * PayloadRowBytes, Math.Min(PayloadRowBytes, payload.Length - (row * PayloadRowBytes))));
            var rowKey = WorkflowTableKeys.PayloadPrefix(key) + row.ToString("D4", CultureInfo.InvariantCulture);
            await _table.ChangeAsync(TableOperation.InsertOrReplace(new TableEntity(_keys.Row(instanceId, rowKey), properties)), cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<ReadOnlyMemory<byte>?> GetPayloadAsync(string instanceId, string key, CancellationToken cancellationToken)
    {
        var rows = await _table.ListAsync(TableFilter.RowPrefix(_keys.Partition(instanceId), WorkflowTableKeys.PayloadPrefix(key)), cancellationToken);
        if (rows.Count == 0 || !rows[0].Key.RowKey.EndsWith("!0000", StringComparison.Ordinal))
        {
            return null;
        }

        var whole = new byte[rows[0].Int32("Whole")];
        var end = 0;
        foreach (var part in rows.Select(row => row.Bytes("Part")).TakeWhile(_ => end < whole.Length))
        {
            part.Span.CopyTo(whole.AsSpan(end));
            end += part.Length;
        }

        return end == whole.Length ? whole : throw new WorkflowStoreException($"a payload of workflow '{instanceId}' in Table Storage is damaged: it has {end} of {whole.Length} bytes");
    }

    /// <inheritdoc/>
    public async ValueTask TrimPayloadsAsync(string instanceId, string prefix, IReadOnlyCollection<string> keep, CancellationToken cancellationToken)
    {
        var rows = await _table.ListAsync(TableFilter.RowPrefix(_keys.Partition(instanceId), WorkflowTableKeys.Payloads), cancellationToken, "PartitionKey", "RowKey", "Key");
        var kept = keep.ToHashSet(StringComparer.Ordinal);
        await _table.ChangeLooselyAsync(
            rows.Where(row => row.Text("Key").StartsWith(prefix, StringComparison.Ordinal) && !kept.Contains(row.Text("Key"))).Select(row => TableOperation.Delete(row.Key, TableCondition.Exists)),
            cancellationToken);
    }
}
