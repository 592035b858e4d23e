using System.Text;
using Serverless.Backends.Node;
using Serverless.Components.Clients.AzureStorage.Tables;
using Serverless.Components.State;
using Serverless.Components.State.AzureTableStorage;
using Serverless.Tests.Clients.AzureStorage.Tables;

namespace Serverless.Tests.Components.State.AzureTableStorage;

/// <summary>What stands in the table, written and read by others too.</summary>
public sealed class TableLayoutTests(TableServerFixture fixture) : IClassFixture<TableServerFixture>
{
    private readonly ManualTimeProvider _clock = new();
    private readonly string _table = TableServerFixture.NewName();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Set_Value_IsInDaprsColumn(bool hasExtensions)
    {
        await using var store = await StoreAsync(hasExtensions);
        await SetAsync(store, "app||it's", """{"a":"ü"}""");
        await SetAsync(store, "alone", "1");
        await SetAsync(store, "app||secret", "b64||key", isBinary: true);

        Assert.Equal(
            ["alone| Value:String 1", """app|it's Value:String {"a":"ü"}""", "app|secret Value:String b64||key"],
            await RowsAsync());
    }

    [Fact]
    public async Task Set_WithExtensions_AddsColumnsOnlyWhereTheyAreNeeded()
    {
        await using var store = await StoreAsync(true);
        await SetAsync(store, "app||ttl", "1", ttl: "60");
        await SetAsync(store, "app||large", new string('1', 200_000));
        await SetAsync(store, "app||shrunk", new string('1', 200_000));
        await SetAsync(store, "app||shrunk", "1");
        await SetAsync(store, "app||a/b~c", "1");
        await SetAsync(store, "app||a~2Fb", "1");

        Assert.Equal(
            [
                "app|a~2Fb Value:String 1",
                "app|large Value1:Binary 65536 Value2:Binary 65536 Value3:Binary 3392 Value:Binary 65536",
                "app|shrunk Value:String 1",
                "app|ttl ExpiresAt:DateTime 2026-03-01T12:01:00.0000000Z Value:String 1",
                "app|||a~2Fb~7Ec Value:String 1",
            ],
            await RowsAsync());
    }

    [Fact]
    public async Task Get_LargeValueWithoutExtensions_IsReadAllTheSame()
    {
        var text = $"\"{string.Concat(Enumerable.Repeat("ü🔑x", 30_000))}\"";
        await using (var store = await StoreAsync(true))
        {
            await SetAsync(store, "app||large", text);
            await SetAsync(store, "app||ttl", "1", ttl: "60");
        }

        await using var plain = await StoreAsync(false);
        Assert.Equal(text, (await GetAsync(plain, "app||large")).Text);
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal("1", (await GetAsync(plain, "app||ttl")).Text);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Get_RowsOfDaprd_AreReadAndChanged(bool hasExtensions)
    {
        await using var store = await StoreAsync(hasExtensions);
        string[] names = ["k", "a~2Fb", "~", "100%", "ü🔑"];
        using var client = fixture.Client(_table);
        foreach (var name in names)
        {
            await client.ChangeAsync(TableOperation.Insert(new TableEntity(new TableKey("app", name), [new("Value", $"\"{name}\"")])), Cancellation);
        }

        await client.ChangeAsync(TableOperation.Insert(new TableEntity(new TableKey("app", "empty"), [new("Other", "x")])), Cancellation);
        await client.ChangeAsync(TableOperation.Insert(new TableEntity(new TableKey("app", "number"), [new("Value", 5)])), Cancellation);

        foreach (var name in names)
        {
            var (text, etag) = await GetAsync(store, $"app||{name}");
            Assert.Equal($"\"{name}\"", text);
            Assert.Equal(StateResult.Done, await store.SetAsync(new StateSet { Key = $"app||{name}", Value = "2"u8.ToArray(), ETag = etag }, Cancellation));
            Assert.Equal("2", (await client.GetAsync(new TableKey("app", name), Cancellation))!.Properties.Single().Value.Text);
        }

        Assert.Null((await GetAsync(store, "app||empty")).Text);
        var fault = await Assert.ThrowsAsync<InvalidDataException>(() => GetAsync(store, "app||number"));
        Assert.Equal("expected string in column 'Value'", fault.Message);
    }

    [Fact]
    public async Task CosmosMode_KeyWithoutPrefix_HasDaprsRowKey()
    {
        await using var store = TableStorageStateStore.Create(TableStores.Context(fixture, _table, _clock, ("cosmosDbMode", "true")));
        await store.InitializeAsync(Cancellation);
        await SetAsync(store, "alone", "1");

        Assert.Equal(["alone|_dapr_empty_row_key_value_ Value:String 1"], await RowsAsync());
        Assert.Equal("1", (await GetAsync(store, "alone")).Text);
    }

    [Fact]
    public async Task MicrosoftsClient_ReadsWhatTheStoreWroteAndTheOtherWayRound()
    {
        await using var store = await StoreAsync(true);
        await SetAsync(store, "app||it's", "\"ü🔑\"", ttl: "60");
        await SetAsync(store, "app||large", new string('1', 70_000));

        var rows = await new NodeScript("read-table.mjs", fixture.Server.ConnectionString, _table).RunAsync(Cancellation);
        Assert.Equal("\"ü🔑\"", rows[0].GetProperty("properties").GetProperty("Value").GetProperty("value").GetString());
        Assert.Equal("2026-03-01T12:01:00.0000000Z", rows[0].GetProperty("properties").GetProperty("ExpiresAt").GetProperty("value").GetString());
        Assert.Equal("DateTime", rows[0].GetProperty("properties").GetProperty("ExpiresAt").GetProperty("type").GetString());
        Assert.Equal((await GetAsync(store, "app||it's")).ETag, rows[0].GetProperty("etag").GetString());
        Assert.Equal("Binary", rows[1].GetProperty("properties").GetProperty("Value1").GetProperty("type").GetString());

        const string theirs = """[{"partitionKey":"app","rowKey":"theirs ü","properties":{"Value":{"type":"String","value":"{\"a\":1}"}}}]""";
        var written = await new NodeScript("write-table.mjs", fixture.Server.ConnectionString, _table) { Input = theirs }.RunAsync(Cancellation);
        Assert.Equal(("""{"a":1}""", written[0].GetProperty("etag").GetString()), await GetAsync(store, "app||theirs ü"));
    }

    [Theory]
    [InlineData("k", "k", "")]
    [InlineData("app||k", "app", "k")]
    [InlineData("a|||b", "a", "|b")]
    [InlineData("||k", "", "k")]
    [InlineData("app||", "app", "")]
    [InlineData("app||type||id||k", "app", "")]
    [InlineData("app||a/b", "app", "a/b")]
    public void Map_WithoutExtensions_IsDaprs(string key, string partitionKey, string rowKey) =>
        Assert.Equal(new TableKey(partitionKey, rowKey), new TableStateKeys(hasExtensions: false, isCosmos: false).Map(key));

    [Theory]
    [InlineData("k", "k", "")]
    [InlineData("app||k", "app", "k")]
    [InlineData("a|||b", "a", "|b")]
    [InlineData("app||type||id||k", "app||type||id", "k")]
    [InlineData("||type||k", "||||type", "k")]
    [InlineData("app||~", "app", "~")]
    [InlineData("app||a/b", "app", "||a~2Fb")]
    [InlineData("a#?||\\~\t\u009F", "||a~23~3F", "||~5C~7E~09~9F")]
    [InlineData("a/b", "||a~2Fb", "")]
    public void Map_WithExtensions_KeepsDaprsAndEscapesTheRest(string key, string partitionKey, string rowKey) =>
        Assert.Equal(new TableKey(partitionKey, rowKey), new TableStateKeys(hasExtensions: true, isCosmos: false).Map(key));

    [Fact]
    public void Map_RandomKeys_NeverShareARow()
    {
        var random = new Random(20261120);
        var keys = new TableStateKeys(hasExtensions: true, isCosmos: false);
        Dictionary<TableKey, string> seen = [];
        for (var round = 0; round < 200_000; round++)
        {
            var key = string.Concat(Enumerable.Range(0, random.Next(1, 9)).Select(_ => "|||~/2F?a7E"[random.Next(11)]));
            var mapped = keys.Map(key);

            // Nobody's key ends with the separator: the API takes none that holds it, nor an empty one.
            if (!key.EndsWith("||", StringComparison.Ordinal))
            {
                Assert.True(seen.TryAdd(mapped, key) || seen[mapped] == key, $"'{key}' and '{seen[mapped]}' share a row");
            }

            Assert.Null(TableLimits.Complaint(mapped));
        }
    }

    private static Task SetAsync(TableStorageStateStore store, string key, string value, string? ttl = null, bool isBinary = false) => DoneAsync(store.SetAsync(
        new StateSet
        {
            Key = key,
            Value = Encoding.UTF8.GetBytes(value),
            IsBinary = isBinary,
            Metadata = ttl is null ? StateMetadata.Empty : new Dictionary<string, string> { ["ttlInSeconds"] = ttl },
        },
        Cancellation));

    private static async Task DoneAsync(ValueTask<StateResult> write) => Assert.Equal(StateResult.Done, await write);

    private static async Task<(string? Text, string? ETag)> GetAsync(TableStorageStateStore store, string key) =>
        await store.GetAsync(new StateGet(key, "", StateMetadata.Empty), Cancellation) is { } entry ? (Encoding.UTF8.GetString(entry.Value.Span), entry.ETag) : (null, null);

    private static string Show(TableProperty property) => $"{property.Name}:{property.Value.Type} " + property.Value.Type switch
    {
        TableType.String => property.Value.Text,
        TableType.Binary => $"{property.Value.Binary.Length}",
        _ => $"{property.Value.DateTime.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffffffZ}",
    };

    private async Task<TableStorageStateStore> StoreAsync(bool hasExtensions)
    {
        var store = TableStorageStateStore.Create(TableStores.Context(fixture, _table, _clock, ("extensions", $"{hasExtensions}")));
        await store.InitializeAsync(Cancellation);
        return store;
    }

    private async Task<List<string>> RowsAsync()
    {
        using var client = fixture.Client(_table);
        List<string> rows = [];
        await foreach (var page in client.QueryAsync(new TableQuery(null), Cancellation))
        {
            rows.AddRange(page.Select(row =>
                $"{row.Key.PartitionKey}|{row.Key.RowKey} {string.Join(' ', row.Properties.Select(Show).Order(StringComparer.Ordinal))}"));
        }

        rows.Sort(StringComparer.Ordinal);
        return rows;
    }
}
