using Serverless.Components.Clients.AzureStorage.Tables;

namespace Serverless.Components.Workflows.Storage.AzureTableStorage;

/// <summary>The row of an instance itself. Its ETag guards every commit.</summary>
internal sealed record WorkflowMetaRow
{
    /// <summary>The instance.</summary>
    public required WorkflowRecord Record { get; init; }

    /// <summary>The row's version.</summary>
    public required string ETag { get; init; }

    /// <summary>Grows with each creation and each continue-as-new, also over a purge, so that no history is taken for another.</summary>
    public long Epoch { get; init; }

    /// <summary>Id of the message that created the instance.</summary>
    public string Creator { get; init; } = "";

    /// <summary>Who committed last: tells after a lost answer whether it was us.</summary>
    public Guid Attempt { get; init; }

    /// <summary>The last version that has history.</summary>
    public long HistoryVersion { get; init; }

    /// <summary>The instance is being removed, and for everyone but the remover it is gone.</summary>
    public bool IsPurging { get; init; }

    /// <summary>The commit whose staged changes are not all applied; empty when there is none.</summary>
    public string Staged { get; init; } = "";

    /// <summary>How many of the staged changes are applied.</summary>
    public int StagedDone { get; init; }

    /// <summary>False until the instance is known to stand in the list.</summary>
    public bool IsListed { get; init; }

    /// <summary>Reads the row; null when there is none.</summary>
    public static WorkflowMetaRow? Read(TableEntity? row) => row is null ? null : new()
    {
        Record = new WorkflowRecord
        {
            InstanceId = row.Text("Instance"),
            Name = row.Text("Name"),
            ExecutionId = row.Text("Execution"),
            Version = row.Int64("Version"),
            Status = (WorkflowRuntimeStatus)row.Int32("Status"),
            CreatedAt = row.Time("Created"),
            UpdatedAt = row.Time("Updated"),
            Start = row.Bytes("Start"),
            Outcome = row.Bytes("Outcome"),
        },
        ETag = row.ETag!,
        Epoch = row.Int64("Epoch"),
        Creator = row.Text("Creator"),
        Attempt = row.Guid("Attempt"),
        HistoryVersion = row.Int64("HistoryVersion"),
        IsPurging = row.Flag("Purging"),
        Staged = row.Text("Staged"),
        StagedDone = row.Int32("StagedDone"),
        IsListed = row.Flag("Listed"),
    };

    /// <summary>The row of a new instance.</summary>
    public static TableEntity Create(TableKey key, NewWorkflow workflow, long epoch, Guid attempt)
    {
        var record = workflow.Record;
        List<TableProperty> properties =
        [
            new("Instance", record.InstanceId),
            new("Creator", workflow.First.Id),
            new("Created", record.CreatedAt.UtcTicks),
            new("Purging", false),
            new("Staged", ""),
        ];
        AddExecution(properties, record, epoch);
        AddTurn(properties, record, attempt, historyVersion: 0);

        // Until the list has it, a repair finds it by this.
        AddRepair(properties, isListed: false, isPending: true);
        return new TableEntity(key, properties);
    }

    /// <summary>What changes with each commit.</summary>
    public static void AddTurn(List<TableProperty> properties, WorkflowRecord record, Guid attempt, long historyVersion)
    {
        properties.Add("Version", record.Version);
        properties.Add("Status", (int)record.Status);
        properties.Add("Updated", record.UpdatedAt.UtcTicks);
        properties.Add("Outcome", record.Outcome);
        properties.Add("Attempt", attempt);
        properties.Add("HistoryVersion", historyVersion);
    }

    /// <summary>What changes with each execution.</summary>
    public static void AddExecution(List<TableProperty> properties, WorkflowRecord record, long epoch)
    {
        properties.Add("Name", record.Name);
        properties.Add("Execution", record.ExecutionId);
        properties.Add("Epoch", epoch);
        properties.Add("Start", record.Start);
    }

    /// <summary>Whether a repair has something to do here; the same property is on every item of work that waits.</summary>
    public static void AddRepair(List<TableProperty> properties, bool isListed, bool isPending)
    {
        properties.Add("Listed", isListed);
        properties.Add("Pending", isPending);
    }
}
