using System.Net;
using System.Net.Sockets;
using Azure.Core.Pipeline;
using Serverless.Backends.Azurite;
using Serverless.Backends.Network;
using Serverless.Components.Clients.AzureRest;
using Serverless.Components.Clients.AzureStorage;
using Serverless.Components.Clients.AzureStorage.Tables;
using Serverless.Tests.Clients.AzureRest;

namespace Serverless.Tests.Clients.AzureStorage.Tables;

public sealed class TableClientTests(TableServerFixture fixture) : IClassFixture<TableServerFixture>, IAsyncLifetime
{
    private const int Writers = 32;
    private static readonly TableKey Key = new("p 1", "it's");
    private TableClient _client = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _client = await fixture.CreateAsync();

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Table_CreatedFoundDeleted_TellsWhatItFound()
    {
        using var client = fixture.Client(TableServerFixture.NewName());
        Assert.False(await client.ExistsAsync(Cancellation));
        Assert.True(await client.CreateTableAsync(Cancellation));
        Assert.False(await client.CreateTableAsync(Cancellation));
        Assert.True(await client.ExistsAsync(Cancellation));
        Assert.True(await client.DeleteTableAsync(Cancellation));
        Assert.False(await client.DeleteTableAsync(Cancellation));
        Assert.False(await client.ExistsAsync(Cancellation));
    }

    [Fact]
    public async Task Insert_EveryType_IsReadBack()
    {
        TableProperty[] properties =
        [
            new("S", "text \"ü\" 🔑 <&>\u2028"), new("Empty", ""), new("U", TableValue.FromUtf8("ü🔑"u8.ToArray())),
            new("I", int.MinValue), new("L", long.MaxValue), new("D", 1.5), new("Whole", 2.0), new("NaN", double.NaN),
            new("Least", double.NegativeInfinity), new("B", true), new("F", false), new("Bin", TableValue.FromBytes(new byte[] { 0, 255, 1 })),
            new("T", new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(2)).AddTicks(1234567)), new("G", Guid.Parse("c9da6455-213d-42c9-9a79-3e9149a57833")),
        ];

        var inserted = await ChangeAsync(TableOperation.Insert(new TableEntity(Key, properties)));

        Assert.Equal(TableOutcome.Done, inserted.Outcome);
        var entity = (await _client.GetAsync(Key, Cancellation))!;
        Assert.Equal((Key, inserted.ETag), (entity.Key, entity.ETag));
        Assert.NotNull(entity.Timestamp);
        Assert.Equal(
            properties.Select(Show).Order(StringComparer.Ordinal),
            entity.Properties.Select(Show).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Change_EachVerb_DoesWhatItSays()
    {
        Assert.Equal(TableOutcome.Absent, await OutcomeAsync(TableOperation.Replace(Row(("A", 1)), TableCondition.Exists)));
        Assert.Equal(TableOutcome.Absent, await OutcomeAsync(TableOperation.Merge(Row(("A", 1)), TableCondition.Exists)));
        Assert.Equal(TableOutcome.Absent, await OutcomeAsync(TableOperation.Delete(Key, TableCondition.Exists)));
        Assert.Null(await _client.GetAsync(Key, Cancellation));

        Assert.Equal(TableOutcome.Done, await OutcomeAsync(TableOperation.Insert(Row(("A", 1), ("B", 1)))));
        Assert.Equal(TableOutcome.Exists, await OutcomeAsync(TableOperation.Insert(Row(("A", 2)))));
        Assert.Equal("A=1 B=1", await ShowAsync());
        Assert.Equal(TableOutcome.Done, await OutcomeAsync(TableOperation.Merge(Row(("A", 2)), TableCondition.Exists)));
        Assert.Equal("A=2 B=1", await ShowAsync());
        Assert.Equal(TableOutcome.Done, await OutcomeAsync(TableOperation.InsertOrMerge(Row(("C", 3)))));
        Assert.Equal("A=2 B=1 C=3", await ShowAsync());
        Assert.Equal(TableOutcome.Done, await OutcomeAsync(TableOperation.Replace(Row(("A", 4)), TableCondition.Exists)));
        Assert.Equal("A=4", await ShowAsync());
        Assert.Equal(TableOutcome.Done, await OutcomeAsync(TableOperation.InsertOrReplace(Row(("D", 5)))));
        Assert.Equal("D=5", await ShowAsync());
        Assert.Equal(TableOutcome.Done, await OutcomeAsync(TableOperation.Delete(Key, TableCondition.Exists)));
        Assert.Equal(TableOutcome.Done, await OutcomeAsync(TableOperation.InsertOrMerge(Row(("E", 6)))));
        Assert.Equal("E=6", await ShowAsync());
    }

    [Fact]
    public async Task Change_OldETag_IsChangedAndNothingHappens()
    {
        var first = (await ChangeAsync(TableOperation.Insert(Row(("A", 1))))).ETag!;
        var second = (await ChangeAsync(TableOperation.Replace(Row(("A", 2)), TableCondition.ETag(first)))).ETag!;
        Assert.NotEqual(first, second);

        Assert.Equal(TableOutcome.Changed, await OutcomeAsync(TableOperation.Replace(Row(("A", 3)), TableCondition.ETag(first))));
        Assert.Equal(TableOutcome.Changed, await OutcomeAsync(TableOperation.Merge(Row(("A", 3)), TableCondition.ETag(first))));
        Assert.Equal(TableOutcome.Changed, await OutcomeAsync(TableOperation.Delete(Key, TableCondition.ETag(first))));

        Assert.Equal("A=2", await ShowAsync());
        Assert.Equal(TableOutcome.Done, await OutcomeAsync(TableOperation.Delete(Key, TableCondition.ETag(second))));
    }

    [Theory]
    [InlineData("it's")]
    [InlineData("100%")]
    [InlineData("a+b&c=d;e,f")]
    [InlineData("(x)'y'")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("~!@$^*-_|{}[]<>\"`:")]
    [InlineData("ключ-鍵-🔑 e\u0301")]
    [InlineData("%2F%25")]
    public async Task Keys_OfOddCharacters_WorkEverywhere(string key)
    {
        foreach (var odd in (TableKey[])[new("p", key), new(key, "r"), new(key, key)])
        {
            var etag = (await ChangeAsync(TableOperation.Insert(new TableEntity(odd, [new("A", 1)])))).ETag!;
            Assert.Equal(odd, (await _client.GetAsync(odd, Cancellation))!.Key);
            var found = await AllAsync(new TableQuery(TableFilter.Partition(odd.PartitionKey).And(TableFilter.Where("RowKey", "eq", odd.RowKey))));
            Assert.Equal(odd, Assert.Single(found).Key);
            var batch = new TableBatch();
            batch.Add(TableOperation.Replace(new TableEntity(odd, [new("A", 2)]), TableCondition.ETag(etag)));
            Assert.Equal(TableOutcome.Done, (await _client.ChangeAsync(batch, Cancellation)).Outcome);
            Assert.Equal(TableOutcome.Done, await OutcomeAsync(TableOperation.Delete(odd, TableCondition.Exists)));
        }
    }

    [Fact]
    public async Task Get_Select_ReadsTheNamedPropertiesOnly()
    {
        await ChangeAsync(TableOperation.Insert(Row(("A", 1), ("B", 2))));

        var entity = (await _client.GetAsync(Key, Cancellation, "B,C"))!;

        Assert.Equal("B", Assert.Single(entity.Properties).Name);
        Assert.StartsWith("W/\"datetime'", entity.ETag, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Query_MoreThanAPage_GivesEveryRowOnceInOrder()
    {
        for (var start = 0; start < 1100; start += 100)
        {
            var batch = new TableBatch();
            for (var row = start; row < start + 100; row++)
            {
                batch.Add(TableOperation.InsertOrReplace(new TableEntity(new TableKey("many", $"{row:0000}"), [new("N", row)])));
            }

            Assert.Equal(TableOutcome.Done, (await _client.ChangeAsync(batch, Cancellation)).Outcome);
        }

        var sizes = new List<int>();
        var rows = new List<TableEntity>();
        await foreach (var page in _client.QueryAsync(new TableQuery(TableFilter.Partition("many")), Cancellation))
        {
            sizes.Add(page.Count);
            rows.AddRange(page);
        }

        Assert.Equal([1000, 100], sizes);
        Assert.Equal(Enumerable.Range(0, 1100), rows.Select(row => row.Properties.Single().Value.Int32));
        Assert.Equal(1100, (await AllAsync(new TableQuery(null) { PageSize = 333, Select = ["RowKey"] })).Count);
        Assert.Equal(100, (await AllAsync(new TableQuery(TableFilter.RowPrefix("many", "07")))).Count);
        Assert.Equal(2, (await AllAsync(new TableQuery(TableFilter.Where("N", "lt", 1).Or(TableFilter.Where("N", "ge", 1099))))).Count);
    }

    [Fact]
    public async Task Query_OfEachType_ComparesWithWhatIsStored()
    {
        var guid = Guid.NewGuid();
        var time = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero).AddTicks(1);
        (string Name, TableValue Value)[] values =
        [
            ("S", "it's"), ("I", -5), ("L", long.MaxValue), ("D", 2.5), ("B", true), ("T", time), ("G", guid), ("X", TableValue.FromBytes(new byte[] { 10, 11 })),
        ];
        await ChangeAsync(TableOperation.Insert(Row(values)));

        foreach (var (name, value) in values)
        {
            Assert.Single(await AllAsync(new TableQuery(TableFilter.Where(name, "eq", value))));
        }

        Assert.Empty(await AllAsync(new TableQuery(TableFilter.Where("T", "lt", time))));
    }

    [Fact]
    public async Task Batch_MixedConditions_AllOrNothing()
    {
        await ChangeAsync(TableOperation.Insert(Row(("A", 1))));
        var failing = new TableBatch();
        failing.Add(TableOperation.Insert(new TableEntity(Key with { RowKey = "new" }, [])));
        failing.Add(TableOperation.Replace(Row(("A", 2)), TableCondition.Exists));
        failing.Add(TableOperation.Delete(Key with { RowKey = "absent" }, TableCondition.Exists));

        var failed = await _client.ChangeAsync(failing, Cancellation);

        Assert.Equal((TableOutcome.Absent, 2), (failed.Outcome, failed.Failed));
        Assert.Equal("A=1", await ShowAsync());
        Assert.Null(await _client.GetAsync(Key with { RowKey = "new" }, Cancellation));

        var batch = new TableBatch();
        batch.Add(TableOperation.Insert(new TableEntity(Key with { RowKey = "new" }, [])));
        batch.Add(TableOperation.Delete(Key, TableCondition.Exists));
        batch.Add(TableOperation.InsertOrMerge(new TableEntity(Key with { RowKey = "upsert" }, [new("A", "é")])));
        var made = await _client.ChangeAsync(batch, Cancellation);

        Assert.Equal((TableOutcome.Done, -1), (made.Outcome, made.Failed));
        Assert.Equal((await _client.GetAsync(Key with { RowKey = "new" }, Cancellation))!.ETag, made.ETags[0]);
        Assert.Null(await _client.GetAsync(Key, Cancellation));
        Assert.Equal(3, made.ETags.Count);
    }

    [Fact]
    public async Task Batch_EachRefusal_TellsWhichOperation()
    {
        var etag = (await ChangeAsync(TableOperation.Insert(Row(("A", 1))))).ETag!;
        await ChangeAsync(TableOperation.Replace(Row(("A", 2)), TableCondition.Exists));

        Assert.Equal((TableOutcome.Exists, 1), await RefusalAsync(TableOperation.Insert(Row())));
        Assert.Equal((TableOutcome.Changed, 1), await RefusalAsync(TableOperation.Replace(Row(), TableCondition.ETag(etag))));
        Assert.Equal((TableOutcome.Changed, 1), await RefusalAsync(TableOperation.Delete(Key, TableCondition.ETag(etag))));
        Assert.Equal("A=2", await ShowAsync());
    }

    [Fact]
    public async Task Concurrent_OneETag_ExactlyOneWriterWins()
    {
        var etag = (await ChangeAsync(TableOperation.Insert(Row(("A", -1))))).ETag!;

        var outcomes = await Task.WhenAll(Enumerable.Range(0, Writers).Select(i => OutcomeAsync(TableOperation.Replace(Row(("A", i)), TableCondition.ETag(etag)))));

        Assert.Single(outcomes, TableOutcome.Done);
        Assert.Equal(Writers - 1, outcomes.Count(outcome => outcome == TableOutcome.Changed));
        Assert.Equal($"A={Array.IndexOf(outcomes, TableOutcome.Done)}", await ShowAsync());
    }

    [Fact]
    public async Task Concurrent_Inserts_ExactlyOneWins()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, Writers).Select(i => OutcomeAsync(TableOperation.Insert(Row(("A", i))))));

        Assert.Single(outcomes, TableOutcome.Done);
        Assert.Equal(Writers - 1, outcomes.Count(outcome => outcome == TableOutcome.Exists));
    }

    [Fact]
    public async Task Account_InTheHostsName_IsSignedSoToo()
    {
        using var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, token) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync(IPAddress.Loopback, fixture.Server.TablePort, token);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        var account = fixture.Account with { Endpoint = new Uri($"http://{fixture.Server.Account}.table.localhost:{fixture.Server.TablePort}") };
        using var client = fixture.Client(TableServerFixture.NewName(), account, new HttpClientTransport(handler));

        Assert.True(await client.CreateTableAsync(Cancellation));
        Assert.Equal(TableOutcome.Done, (await client.ChangeAsync(TableOperation.Insert(Row(("A", 1))), Cancellation)).Outcome);

        // No batch: Azurite answers 500 to one that names the account so.
        Assert.NotNull(await client.GetAsync(Key, Cancellation));
    }

    [Theory]
    [InlineData(StorageService.Table, "https://storage.azure.com/.default")]
    [InlineData(StorageService.CosmosTable, "https://cosmos.azure.com/.default")]
    internal async Task Identity_OverHttps_IsLetIn(StorageService service, string scope)
    {
        using var certificates = new CertificateSet();
        await using var server = await AzuriteServer.StartAsync(new AzuriteSettings { Certificates = certificates }, Cancellation);
        using var handler = new SocketsHttpHandler();
        var expected = certificates.Server.GetCertHashString();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate?.GetCertHashString() == expected;
        using var transport = new HttpClientTransport(handler);
        var credential = new AskedCredential(AzuriteToken.Create());
        using var client = new TableClient(new TableClientOptions
        {
            Account = new StorageAccount(server.Account, new Uri(server.TableEndpoint), StorageCredential.Token(credential)),
            Table = "Tab",
            Service = service,
            Transport = transport,
        });

        Assert.True(await client.CreateTableAsync(Cancellation));
        Assert.Equal(TableOutcome.Done, (await client.ChangeAsync(TableOperation.Insert(Row()), Cancellation)).Outcome);
        Assert.Equal([scope], credential.Scopes);
    }

    [Fact]
    public async Task Table_Missing_IsAnErrorEverywhere()
    {
        using var client = fixture.Client(TableServerFixture.NewName());
        var batch = new TableBatch();
        batch.Add(TableOperation.InsertOrReplace(Row()));
        Func<Task>[] calls =
        [
            async () => await client.GetAsync(Key, Cancellation),
            async () => await client.ChangeAsync(TableOperation.Insert(Row()), Cancellation),
            async () => await client.ChangeAsync(TableOperation.InsertOrReplace(Row()), Cancellation),
            async () => await client.ChangeAsync(batch, Cancellation),
        ];

        foreach (var call in calls)
        {
            var fault = await Assert.ThrowsAsync<AzureServiceException>(call);
            Assert.Equal((404, "TableNotFound"), (fault.Status, fault.Code));
            Assert.StartsWith("Table Storage ", fault.Message, StringComparison.Ordinal);
        }
    }

    private static TableEntity Row(params (string Name, TableValue Value)[] properties) =>
        new(Key, [.. properties.Select(property => new TableProperty(property.Name, property.Value))]);

    private static string Show(TableProperty property) => $"{property.Name}:{property.Value.Type} " + property.Value.Type switch
    {
        TableType.String => property.Value.Text,
        TableType.Int32 => $"{property.Value.Int32}",
        TableType.Int64 => $"{property.Value.Int64}",
        TableType.Double => $"{property.Value.Double}",
        TableType.Boolean => $"{property.Value.Boolean}",
        TableType.DateTime => $"{property.Value.DateTime:O}",
        TableType.Guid => $"{property.Value.Guid}",
        _ => Convert.ToHexString(property.Value.Binary.Span),
    };

    private async Task<string> ShowAsync() => string.Join(' ', (await _client.GetAsync(Key, Cancellation))!.Properties.Select(one => $"{one.Name}={one.Value.Int32}"));

    private async Task<TableResult> ChangeAsync(TableOperation operation) => await _client.ChangeAsync(operation, Cancellation);

    private async Task<TableOutcome> OutcomeAsync(TableOperation operation) => (await ChangeAsync(operation)).Outcome;

    private async Task<(TableOutcome Outcome, int Failed)> RefusalAsync(TableOperation second)
    {
        var batch = new TableBatch();
        batch.Add(TableOperation.InsertOrReplace(new TableEntity(Key with { RowKey = "first" }, [])));
        batch.Add(second);
        batch.Add(TableOperation.InsertOrReplace(new TableEntity(Key with { RowKey = "last" }, [])));
        var result = await _client.ChangeAsync(batch, Cancellation);
        Assert.Null(await _client.GetAsync(Key with { RowKey = "first" }, Cancellation));
        return (result.Outcome, result.Failed);
    }

    private async Task<List<TableEntity>> AllAsync(TableQuery query)
    {
        List<TableEntity> rows = [];
        await foreach (var page in _client.QueryAsync(query, Cancellation))
        {
            rows.AddRange(page);
        }

        return rows;
    }
}
