using Serverless.Components.Clients.AzureStorage.Tables;

namespace Serverless.Components.Workflows.Storage.AzureTableStorage;

/// <summary>Rows of items of work, the turn included.</summary>
internal static class WorkflowWorkRow
{
    /// <summary>What a look at many items reads.</summary>
    public static readonly string[] Brief = ["PartitionKey", "RowKey", "Timestamp", "Instance", "Work", "Kind", "Owner", "Due", "Pending", "Aside"];

    /// <summary>The row of an item.</summary>
    public static TableEntity Create(TableKey key, WorkItem item)
    {
        // Pending is what a repair looks for.
        List<TableProperty> properties =
        [
            new("Instance", item.InstanceId),
            new("Work", item.WorkId),
            new("Kind", (int)item.Kind),
            new("Name", item.Name),
            new("Pending", true),
            new("Owner", item.Owner ?? Guid.Empty),
            new("Due", item.Due.UtcTicks),
        ];
        properties.Add("Content", item.Content);
        return new TableEntity(key, properties);
    }

    /// <summary>The item of a row, for an owner; what was not read of it is empty.</summary>
    public static WorkItem Item(TableEntity row, Guid? owner) => new()
    {
        InstanceId = row.Text("Instance"),
        WorkId = row.Text("Work"),
        Kind = (WorkKind)row.Int32("Kind"),
        Name = row.Text("Name"),
        Due = row.Time("Due"),
        Owner = owner,
        Content = row.Bytes("Content"),
    };

    /// <summary>A change of an item's owner.</summary>
    public static TableOperation Own(TableKey key, Guid owner, string? etag) => TableOperation.Merge(new TableEntity(key, [new("Owner", owner), new("Aside", false)]), TableCondition.ETag(etag));

    /// <summary>True for what continue-as-new and the end remove.</summary>
    public static bool EndsWithExecution(WorkKind kind) => kind is WorkKind.Activity or WorkKind.Timer;
}
