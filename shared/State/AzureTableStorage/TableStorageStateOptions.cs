using Serverless.Components.Clients.AzureStorage;
using Serverless.Components.Clients.AzureStorage.Tables;
using Serverless.Components.Registry;
using Serverless.Components.Settings;

namespace Serverless.Components.State.AzureTableStorage;

/// <summary>Metadata of <c>state.azure.tablestorage</c>.</summary>
internal sealed record TableStorageStateOptions
{
    private static readonly TimeSpan DefaultCleanupInterval = TimeSpan.FromHours(1);

    // What a timer can wait, in whole days, with room for the scatter.
    private static readonly TimeSpan LongestInterval = TimeSpan.FromDays(40);

    /// <summary>The account, as a storage account or as one of Cosmos DB.</summary>
    public required StorageAccount Account { get; init; }

    public required string Table { get; init; }

    /// <summary>Tables of Cosmos DB, which take no empty row key.</summary>
    public bool IsCosmos { get; init; }

    /// <summary>The table is there, or an error.</summary>
    public bool SkipCreateTable { get; init; }

    /// <summary>Transactions, expiry, large values and any characters in keys, which daprd's component has not.</summary>
    public bool HasExtensions { get; init; }

    /// <summary>Pause between removals of expired rows; null means that they stay.</summary>
    public TimeSpan? CleanupInterval { get; init; }

    /// <summary>Reads the component's metadata.</summary>
    /// <exception cref="ComponentException">It is not usable.</exception>
    public static TableStorageStateOptions Read(ComponentContext context)
    {
        var binder = context.Metadata.Bind();
        var isCosmos = binder.Boolean("cosmosDbMode", false);
        var account = AzureStorageSettings.Read(binder, context, isCosmos ? StorageService.CosmosTable : StorageService.Table);
        var table = binder.Text("tableName", "table", "storageAccountTable");
        var cleanupInterval = binder.Duration("cleanupInterval") ?? DefaultCleanupInterval;
        if (table is null || !TableLimits.IsTableName(table))
        {
            binder.Fault("tableName", table is null ? "a value (it is required)" : "3 to 63 letters A-Z and digits, a letter first");
        }

        if (cleanupInterval > TimeSpan.Zero && (cleanupInterval < TimeSpan.FromSeconds(1) || cleanupInterval > LongestInterval))
        {
            binder.Fault("cleanupInterval", $"0 (off) or from 1s to {LongestInterval.TotalDays} days");
        }

        binder.ThrowIfFaulty();
        return new TableStorageStateOptions
        {
            Account = account!,
            Table = table!,
            IsCosmos = isCosmos,
            SkipCreateTable = binder.Boolean("skipCreateTable", false),
            HasExtensions = binder.Boolean("extensions", false),
            CleanupInterval = cleanupInterval > TimeSpan.Zero ? cleanupInterval : null,
        };
    }
}
