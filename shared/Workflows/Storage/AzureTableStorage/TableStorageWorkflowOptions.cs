using Serverless.Components.Clients.AzureStorage;
using Serverless.Components.Clients.AzureStorage.Tables;
using Serverless.Components.Registry;
using Serverless.Components.Settings;

namespace Serverless.Components.Workflows.Storage.AzureTableStorage;

/// <summary>What workflows read of the metadata of <c>state.azure.tablestorage</c>.</summary>
internal sealed record TableStorageWorkflowOptions
{
    private const string Suffix = "workflows";
    private const int LongestName = 63;

    /// <summary>The account.</summary>
    public required StorageAccount Account { get; init; }

    /// <summary>The table, which holds workflows only.</summary>
    public required string Table { get; init; }

    /// <summary>The table is there, or an error.</summary>
    public bool SkipCreateTable { get; init; }

    /// <summary>Reads the component's metadata.</summary>
    /// <exception cref="ComponentException">It is not usable.</exception>
    public static TableStorageWorkflowOptions Read(ComponentContext context)
    {
        var binder = context.Metadata.Bind();
        if (binder.Boolean("cosmosDbMode", false))
        {
            binder.Fault("cosmosDbMode", "false: workflows are kept in Table Storage, not in the tables of Cosmos DB");
        }

        var account = AzureStorageSettings.Read(binder, context, StorageService.Table);
        var state = binder.Text("tableName", "table", "storageAccountTable");
        var table = binder.Text("workflowTableName") ?? (state is null ? null : $"{state[..Math.Min(state.Length, LongestName - Suffix.Length)]}{Suffix}");
        if (table is null || !TableLimits.IsTableName(table))
        {
            binder.Fault(table is null || binder.Text("workflowTableName") is null ? "tableName" : "workflowTableName", "3 to 63 letters A-Z and digits, a letter first");
        }

        if (table is not null && table.Equals(state, StringComparison.OrdinalIgnoreCase))
        {
            binder.Fault("workflowTableName", "another table than that of the state");
        }

        binder.ThrowIfFaulty();
        return new TableStorageWorkflowOptions { Account = account!, Table = table!, SkipCreateTable = binder.Boolean("skipCreateTable", false) };
    }
}
