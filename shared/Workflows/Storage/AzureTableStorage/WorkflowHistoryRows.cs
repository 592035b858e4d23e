using Serverless.Components.Clients.AzureStorage.Tables;

namespace Serverless.Components.Workflows.Storage.AzureTableStorage;

/// <summary>The history of a turn in as few rows as it takes. Each tells how many there are and which version had history before, so that a gap shows.</summary>
internal static class WorkflowHistoryRows
{
    // 14 chunks of 48 KiB leave a row some room below 1 MiB.
    private const int ChunksOfRow = 14;

    /// <summary>The rows of a turn's chunks.</summary>
    public static IEnumerable<TableEntity> Create(string partition, long epoch, long version, long previous, IReadOnlyList<ReadOnlyMemory<byte>> chunks)
    {
        var rows = (chunks.Count + ChunksOfRow - 1) / ChunksOfRow;
        for (var row = 0; row < rows; row++)
        {
            List<TableProperty> properties = [new("Version", version), new("Previous", previous), new("Rows", rows)];
            for (var chunk = 0; chunk < ChunksOfRow && (row * ChunksOfRow) + chunk < chunks.Count; chunk++)
            {
                properties.Add(Name(chunk), chunks[(row * ChunksOfRow) + chunk]);
            }

            yield return new TableEntity(new TableKey(partition, WorkflowTableKeys.HistoryRow(epoch, version, row)), properties);
        }
    }

    /// <summary>The chunks of an execution behind a version; null when rows are missing, because they were read while a turn was committed.</summary>
    /// <param name="rows">What was read, in order.</param>
    /// <param name="meta">The instance, read behind them.</param>
    /// <param name="known">The version that the reader has; 0 for nothing.</param>
    public static List<ReadOnlyMemory<byte>>? Read(IEnumerable<TableEntity> rows, WorkflowMetaRow meta, long known)
    {
        List<ReadOnlyMemory<byte>> chunks = [];
        var first = WorkflowTableKeys.HistoryRow(meta.Epoch, known + 1, 0);
        var (last, left) = (known, 0);
        foreach (var row in rows)
        {
            var version = row.Int64("Version");
            if (string.CompareOrdinal(row.Key.RowKey, first) < 0 || version > meta.HistoryVersion)
            {
                continue;
            }

            if (left == 0)
            {
                if (row.Int64("Previous") > last || (known == 0 && row.Int64("Previous") != last))
                {
                    return null;
                }

                (last, left) = (version, row.Int32("Rows"));
            }
            else if (version != last)
            {
                return null;
            }

            left--;
            for (var chunk = 0; chunk < ChunksOfRow && row.TryGet(Name(chunk) + "Size", out _); chunk++)
            {
                chunks.Add(row.Bytes(Name(chunk)));
            }
        }

        return left == 0 && last >= meta.HistoryVersion ? chunks : null;
    }

    private static string Name(int chunk) => $"Chunk{(char)('A' + chunk)}";
}
