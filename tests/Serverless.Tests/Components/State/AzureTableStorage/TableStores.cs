using Serverless.Components.Registry;
using Serverless.Tests.Clients.AzureStorage.Tables;

namespace Serverless.Tests.Components.State.AzureTableStorage;

/// <summary>Builds contexts of table stores.</summary>
internal static class TableStores
{
    /// <summary>An ETag that Table Storage could have given.</summary>
    public const string OtherETag = "W/\"datetime'2020-01-01T00%3A00%3A00.0000000Z'\"";

    public static ComponentContext Context(TableServerFixture fixture, string table, TimeProvider time, params (string Name, string Value)[] items) => StateContexts.Create(
        "state.azure.tablestorage",
        time,
        [("accountName", fixture.Server.Account), ("accountKey", fixture.Server.Key), ("serviceURL", fixture.Server.TableEndpoint), ("tableName", table), .. items]);

    /// <summary>A key of the contract's tests with the prefix that users' keys have.</summary>
    public static string StoredKey(string key) => key.Contains("||", StringComparison.Ordinal) ? key : $"app||{key}";
}
