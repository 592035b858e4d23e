using Serverless.Components.Registry;
using Serverless.Components.State;
using Serverless.Components.State.AzureTableStorage;
using Serverless.Tests.Clients.AzureStorage.Tables;

namespace Serverless.Tests.Components.State.AzureTableStorage;

public sealed class TableStorageInitTests(TableServerFixture fixture) : IClassFixture<TableServerFixture>
{
    private static readonly string WrongKey = "AAAA" + Serverless.Backends.Azurite.AzuriteSettings.DefaultKey[4..];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("tableName", "", "metadata 'tableName': expected a value (it is required)")]
    [InlineData("tableName", "a-b", "metadata 'tableName': expected 3 to 63 letters A-Z and digits, a letter first")]
    [InlineData("accountName", "", "metadata 'accountName': expected a value (it is required)")]
    [InlineData("accountKey", "no-base64", "metadata 'accountKey': expected a usable value (the account key is not base64)")]
    [InlineData("serviceURL", "ftp://x", "metadata 'serviceURL': expected a usable value (the endpoint is no http or https address)")]
    [InlineData("cleanupInterval", "500ms", "metadata 'cleanupInterval': expected 0 (off) or from 1s to 40 days")]
    [InlineData("cleanupInterval", "1000h", "metadata 'cleanupInterval': expected 0 (off) or from 1s to 40 days")]
    [InlineData("cleanupInterval", "x", "metadata 'cleanupInterval': expected a duration such as 5s, 1m30s or a number of seconds")]
    public void Read_FaultyItem_IsNamed(string name, string value, string expected)
    {
        Dictionary<string, string> items = new() { ["accountName"] = "acct", ["accountKey"] = "a2V5", ["tableName"] = "state", [name] = value };

        var fault = Assert.Throws<ComponentException>(() => TableStorageStateOptions.Read(Context(items)));

        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("accountName", "accountKey", "tableName", false, "https://acct.table.core.windows.net/")]
    [InlineData("storageAccount", "accessKey", "table", true, "https://acct.table.cosmos.azure.com/")]
    [InlineData("storageAccountName", "storageAccessKey", "storageAccountTable", false, "https://acct.table.core.windows.net/")]
    [InlineData("accountName", "storageAccountKey", "tableName", false, "https://acct.table.core.windows.net/")]
    public void Read_EachAlias_IsTaken(string account, string key, string table, bool isCosmos, string endpoint)
    {
        var options = TableStorageStateOptions.Read(Context(new() { [account] = "acct", [key] = "a2V5", [table] = "state", ["cosmosDbMode"] = $"{isCosmos}" }));

        Assert.Equal(("acct", endpoint, "state", isCosmos), (options.Account.Name, options.Account.Endpoint.AbsoluteUri, options.Table, options.IsCosmos));
        Assert.Equal((false, false, TimeSpan.FromHours(1)), (options.SkipCreateTable, options.HasExtensions, options.CleanupInterval));
    }

    [Fact]
    public void Read_CleanupOff_IsOff() => Assert.Null(TableStorageStateOptions.Read(Context(new()
    {
        ["accountName"] = "acct", ["accountKey"] = "a2V5", ["tableName"] = "state", ["cleanupInterval"] = "0",
    })).CleanupInterval);

    [Fact]
    public async Task Initialize_WrongKey_FailsWithoutTellingIt()
    {
        await using var store = TableStorageStateStore.Create(Context(Items(key: WrongKey)));

        var fault = await Assert.ThrowsAsync<ComponentException>(() => store.InitializeAsync(Cancellation));

        Assert.Contains($"at 127.0.0.1:{fixture.Server.TablePort} can't be created: Table Storage create table: the service answered 403 Auth", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(WrongKey[..12], fault.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("SharedKeyLite", fault.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Initialize_NobodyThere_FailsAndNamesTheAddress()
    {
        await using var store = TableStorageStateStore.Create(Context(new() { ["accountName"] = "acct", ["accountKey"] = "a2V5", ["tableName"] = "state", ["serviceURL"] = "http://127.0.0.1:1" }));

        var fault = await Assert.ThrowsAsync<ComponentException>(() => store.InitializeAsync(Cancellation));

        Assert.Contains("127.0.0.1:1", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Initialize_SkipCreateTable_MakesNone()
    {
        var items = Items();
        items["skipCreateTable"] = "true";
        await using var store = TableStorageStateStore.Create(Context(items));
        await store.InitializeAsync(Cancellation);

        var fault = await Assert.ThrowsAnyAsync<Exception>(async () => await store.SetAsync(new StateSet { Key = "app||k", Value = "1"u8.ToArray() }, Cancellation));

        Assert.Contains("404 TableNotFound", fault.Message, StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<Exception>(async () => await store.GetAsync(new StateGet("app||k", "", StateMetadata.Empty), Cancellation));
    }

    [Theory]
    [InlineData("path")]
    [InlineData("authority")]
    [InlineData("connectionString")]
    [InlineData("sasConnectionString")]
    [InlineData("sasUrl")]
    public async Task Initialize_EachWayToNameTheAccount_Works(string way)
    {
        var (server, items) = (fixture.Server, Items());
        var sas = TableSas.Create(server.Account, server.Key);
        switch (way)
        {
            case "authority":
                items["serviceURL"] = $"http://127.0.0.1:{server.TablePort}";
                break;
            case "connectionString":
                items = new() { ["connectionString"] = server.ConnectionString, ["tableName"] = items["tableName"] };
                break;
            case "sasConnectionString":
                items = new() { ["connectionString"] = $"TableEndpoint={server.TableEndpoint};SharedAccessSignature={sas}", ["tableName"] = items["tableName"] };
                break;
            case "sasUrl":
                items["serviceURL"] += $"?{sas}";
                items.Remove("accountKey");
                break;
            default:
                break;
        }

        await using var store = TableStorageStateStore.Create(Context(items));
        await store.InitializeAsync(Cancellation);
        Assert.Equal(StateResult.Done, await store.SetAsync(new StateSet { Key = "app||it's ü", Value = "1"u8.ToArray() }, Cancellation));
        Assert.NotNull(await store.GetAsync(new StateGet("app||it's ü", "", StateMetadata.Empty), Cancellation));
    }

    private static ComponentContext Context(Dictionary<string, string> items) =>
        StateContexts.Create("state.azure.tablestorage", TimeProvider.System, [.. items.Select(item => (item.Key, item.Value))]);

    private Dictionary<string, string> Items(string? key = null) => new()
    {
        ["accountName"] = fixture.Server.Account,
        ["accountKey"] = key ?? fixture.Server.Key,
        ["serviceURL"] = fixture.Server.TableEndpoint,
        ["tableName"] = TableServerFixture.NewName(),
    };
}
