using Serverless.Components.Clients.AzureStorage.Tables;

namespace Serverless.Components.Workflows.Storage.AzureTableStorage;

/// <summary>
/// The row that is there until the instance ends, with the turn item if there is one. An append that makes the item changes this row, one that finds it
/// changes the item, and does so unconditionally, so that appends are not in each other's way: the commit that would empty the inbox has to see both
/// rows unchanged.
/// </summary>
internal sealed record WorkflowGuard
{
    /// <summary>The row's version.</summary>
    public required string ETag { get; init; }

    /// <summary>The present execution.</summary>
    public required string Execution { get; init; }

    /// <summary>The workflow.</summary>
    public required string Name { get; init; }

    /// <summary>The version of the turn item; null when there is none.</summary>
    public string? TurnETag { get; init; }

    /// <summary>Who has the turn item; empty for nobody.</summary>
    public Guid TurnOwner { get; init; }

    /// <summary>Finds the row, and the item, among those that were read; null when there is none.</summary>
    public static WorkflowGuard? Read(IReadOnlyList<TableEntity> rows)
    {
        WorkflowGuard? guard = null;
        foreach (var row in rows)
        {
            if (row.Key.RowKey == WorkflowTableKeys.Guard)
            {
                guard = new WorkflowGuard { ETag = row.ETag!, Execution = row.Text("Execution"), Name = row.Text("Name") };
            }
            else if (row.Key.RowKey == WorkflowTableKeys.Turn)
            {
                guard = guard is null ? null : guard with { TurnETag = row.ETag, TurnOwner = row.Guid("Owner") };
            }
        }

        return guard;
    }

    /// <summary>The row.</summary>
    public static TableEntity Create(TableKey key, WorkflowRecord record) => new(key, [new("Execution", record.ExecutionId), new("Name", record.Name)]);

    /// <summary>A turn item.</summary>
    public static WorkItem Item(string instanceId, string name, Guid? owner, DateTimeOffset due) => new()
    {
        InstanceId = instanceId,
        WorkId = WorkItem.TurnId,
        Kind = WorkKind.Turn,
        Name = name,
        Due = due,
        Owner = owner,
    };
}
