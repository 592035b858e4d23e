using Serverless.Components.Clients.AzureStorage.Tables;

namespace Serverless.Components.Workflows.Storage.AzureTableStorage;

/// <summary>The changes that a commit consists of.</summary>
internal sealed class TurnPlan
{
    // What a part of a batch has around its content.
    private const int Overhead = 700;

    /// <summary>Most bytes of a batch, by a count that errs on the safe side.</summary>
    public const long MostBytes = TableLimits.BatchSize - (256 * 1024);

    /// <summary>What must hold all at once: the instance, its guard, its turn item, and the items whose results are taken.</summary>
    public List<TableOperation> Guards { get; } = [];

    /// <summary>What may follow, as long as nobody sees the instance without it.</summary>
    public List<TableOperation> Rest { get; } = [];

    /// <summary>Where the turn item's change stands among the guards; -1 when it is not changed.</summary>
    public int TurnAt { get; set; } = -1;

    /// <summary>True when the guard of appends is changed; it comes second then.</summary>
    public bool HasGuard { get; set; }

    /// <summary>The instance's row after the commit.</summary>
    public required WorkflowMetaRow Meta { get; init; }

    /// <summary>The inbox after the commit.</summary>
    public required IReadOnlyCollection<string> Inbox { get; init; }

    /// <summary>Who has the turn item after the commit; null when there is none.</summary>
    public Guid? TurnOwner { get; set; }

    /// <summary>Rows of the history that the commit adds.</summary>
    public List<string> HistoryRows { get; } = [];

    /// <summary>True when it is one transaction.</summary>
    public bool IsSmall => Guards.Count + Rest.Count <= TableLimits.BatchOperations && Guards.Concat(Rest).Sum(SizeOf) <= MostBytes;

    /// <summary>About how many bytes a change has on its way; rather more.</summary>
    public static long SizeOf(TableOperation operation)
    {
        long size = Overhead + (2 * (operation.Key.PartitionKey.Length + operation.Key.RowKey.Length));
        foreach (var (name, value) in operation.Properties)
        {
            size += 64 + (2 * name.Length) + (value.Type switch
            {
                TableType.Binary => ((value.Bytes.Length + 2) / 3 * 4) + 4,
                TableType.String => 6L * value.Length,
                _ => 40,
            });
        }

        return size;
    }
}
