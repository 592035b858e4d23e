using Serverless.Components.Clients.AzureRest;
using Serverless.Components.Clients.AzureStorage;
using Serverless.Components.Clients.AzureStorage.Tables;
using static Serverless.Tests.Clients.AzureStorage.Tables.ScriptedTables;

namespace Serverless.Tests.Clients.AzureStorage.Tables;

/// <summary>What is asked again, and what an error says.</summary>
public sealed class TableRepeatTests
{
    private const string Unknown = "whether it was executed is unknown";
    private static readonly TableKey Key = new("p", "r");
    private static readonly TableEntity Row = new(Key, [new("A", 1)]);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    public async Task Write_ServiceBusy_IsSentAgainAfterThePauseItAsksFor(int status)
    {
        using var service = new ScriptedTables(Error(status, "ServerBusy", headers: ("Retry-After", "1")), Answer(204, "", ("ETag", "W/\"datetime'1'\"")));
        using var client = service.Client();
        var started = TimeProvider.System.GetTimestamp();

        var result = await client.ChangeAsync(TableOperation.Insert(Row), Cancellation);

        Assert.Equal(new TableResult(TableOutcome.Done, "W/\"datetime'1'\""), result);
        Assert.True(TimeProvider.System.GetElapsedTime(started) >= TimeSpan.FromSeconds(0.9));
        Assert.Equal(2, service.Requests.Count);
        Assert.NotEqual(Header(service.Requests[0], "x-ms-date"), Header(service.Requests[1], "x-ms-date"));
        Assert.NotEqual(Header(service.Requests[0], "Authorization"), Header(service.Requests[1], "Authorization"));
    }

    [Fact]
    public async Task Write_ServerFails_IsNotSentAgainAndItsFateIsUnknown()
    {
        foreach (var operation in Writes())
        {
            using var service = new ScriptedTables(Error(500, "OperationTimedOut"));
            using var client = service.Client();

            var fault = await Assert.ThrowsAsync<AzureServiceException>(async () => await client.ChangeAsync(operation, Cancellation));

            Assert.Equal($"Table Storage {operation.Name}: the service answered 500 OperationTimedOut: The words. (request r1); {Unknown}", fault.Message);
            Assert.Single(service.Requests);
        }
    }

    [Fact]
    public async Task Write_AnswerLost_IsNotSentAgainAndItsFateIsUnknown()
    {
        // A second answer would be 412, 409 or 404, and tell of a failure where there was none.
        foreach (var operation in Writes())
        {
            using var service = new ScriptedTables(Lost(), Error(412, "UpdateConditionNotSatisfied"));
            using var client = service.Client();

            var fault = await Assert.ThrowsAsync<AzureConnectionException>(async () => await client.ChangeAsync(operation, Cancellation));

            Assert.True(fault.IsFateUnknown);
            Assert.EndsWith(Unknown, fault.Message, StringComparison.Ordinal);
            Assert.Single(service.Requests);
        }
    }

    [Theory]
    [InlineData(500, "OperationTimedOut", true)]
    [InlineData(503, "OperationTimedOut", true)]
    [InlineData(503, "ServerBusy", false)]
    [InlineData(413, "RequestBodyTooLarge", false)]
    public async Task Batch_ServerFailsAtAnOperation_TellsItsFate(int status, string code, bool isUnknown)
    {
        var part = $$"""{"odata.error":{"code":"{{code}}","message":{"value":"0:The words."} } }""";
        using var service = new ScriptedTables(Answer(
            202,
            $"--b\r\nContent-Type: application/http\r\n\r\nHTTP/1.1 {status} No\r\nContent-Type: application/json\r\n\r\n{part}\r\n--b--\r\n",
            ("Content-Type", "multipart/mixed; boundary=b")));
        using var client = service.Client();

        var fault = await Assert.ThrowsAsync<AzureServiceException>(async () => await client.ChangeAsync(Batch(), Cancellation));

        Assert.Equal((status, isUnknown), (fault.Status, fault.IsFateUnknown));
        Assert.Single(service.Requests);
    }

    [Fact]
    public async Task Batch_AnswerLostOrDamaged_IsNotSentAgainAndItsFateIsUnknown()
    {
        foreach (var answer in (Func<HttpResponseMessage>[])[Lost(), Answer(202, "nothing of use"), Answer(202, "--b\r\n", ("Content-Type", "multipart/mixed; boundary=b"))])
        {
            using var service = new ScriptedTables(answer);
            using var client = service.Client();

            var fault = await Assert.ThrowsAnyAsync<AzureException>(async () => await client.ChangeAsync(Batch(), Cancellation));

            Assert.True(fault.IsFateUnknown);
            Assert.EndsWith(Unknown, fault.Message, StringComparison.Ordinal);
            Assert.Single(service.Requests);
        }
    }

    [Theory]
    [InlineData("500 Internal Server Error", "OperationTimedOut", true)]
    [InlineData("503 Service Unavailable", "OperationTimedOut", true)]
    [InlineData("503 Service Unavailable", "ServerBusy", false)]
    [InlineData("400 Bad Request", "InvalidInput", false)]
    public async Task Batch_OperationFailed_FateIsUnknownWhenTheServiceGaveUp(string status, string code, bool isUnknown)
    {
        using var service = new ScriptedTables(Answer(
            202,
            "--b\r\nContent-Type: application/http\r\n\r\n"
            + $"HTTP/1.1 {status}\r\n\r\n{{\"odata.error\":{{\"code\":\"{code}\",\"message\":{{\"value\":\"0:Words.\"}}}}}}\r\n--b--",
            ("Content-Type", "multipart/mixed; boundary=b")));
        using var client = service.Client();

        var fault = await Assert.ThrowsAsync<AzureServiceException>(async () => await client.ChangeAsync(Batch(), Cancellation));

        Assert.Equal((code, isUnknown), (fault.Code, fault.IsFateUnknown));
        Assert.StartsWith($"Table Storage batch, operation 0: the service answered {status[..3]} {code}: Words.", fault.Message, StringComparison.Ordinal);
        Assert.Single(service.Requests);
    }

    [Fact]
    public async Task Batch_ServiceBusy_IsSentAgain()
    {
        using var service = new ScriptedTables(Error(503, "ServerBusy"), Error(404, "TableNotFound"));
        using var client = service.Client();

        await Assert.ThrowsAsync<AzureServiceException>(async () => await client.ChangeAsync(Batch(), Cancellation));

        Assert.Equal(2, service.Requests.Count);
    }

    [Fact]
    public async Task Read_AnyPassingTrouble_IsAskedAgain()
    {
        using var service = new ScriptedTables(Lost(), Error(500, "InternalError"), Answer(200, """{"odata.etag":"e","PartitionKey":"p","RowKey":"r"}"""));
        using var client = service.Client();

        Assert.Equal(("e", Key), ((await client.GetAsync(Key, Cancellation))!.ETag, (await client.GetAsync(Key, Cancellation))!.Key));

        Assert.Equal(4, service.Requests.Count);
    }

    [Fact]
    public async Task Read_NotFoundWithoutWordsOfTheService_IsNoAbsentRow()
    {
        using var service = new ScriptedTables(Answer(404, "<html>a proxy</html>"));
        using var client = service.Client();

        Assert.Equal(404, (await Assert.ThrowsAsync<AzureServiceException>(async () => await client.GetAsync(Key, Cancellation))).Status);
        Assert.Equal(404, (await Assert.ThrowsAsync<AzureServiceException>(async () => await client.ChangeAsync(TableOperation.Delete(Key, TableCondition.Exists), Cancellation))).Status);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("""{"A@odata.type":"Edm.Int64","A":5}""")]
    [InlineData("""{"A@odata.type":"Edm.Int64","A":"x"}""")]
    [InlineData("""{"A@odata.type":"Edm.Guid","A":"x"}""")]
    [InlineData("""{"A@odata.type":"Edm.Binary","A":"?"}""")]
    [InlineData("""{"A@odata.type":"Edm.Nothing","A":"x"}""")]
    [InlineData("""{"A":{}}""")]
    [InlineData("""{"A":99999999999}""")]
    [InlineData("""{"A":1""")]
    [InlineData("""{"A":"\ud800"}""")]
    [InlineData("""{"\ud800":1}""")]
    [InlineData("""{"PartitionKey":5}""")]
    [InlineData("""{"A@odata.type":"Edm.Int64","A":"9223372036854775808"}""")]
    public async Task Read_DamagedAnswer_SaysSo(string body)
    {
        using var service = new ScriptedTables(Answer(200, body));
        using var client = service.Client();

        var fault = await Assert.ThrowsAsync<AzureServiceException>(async () => await client.GetAsync(Key, Cancellation));

        Assert.StartsWith("Table Storage get: the service answered 200: its content can't be read (", fault.Message, StringComparison.Ordinal);
        Assert.False(fault.IsFateUnknown);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"value":null}""")]
    [InlineData("""{"value":{}}""")]
    [InlineData("""{"value":[1]}""")]
    [InlineData("""{"value":[{"A":"\ud800"}]}""")]
    [InlineData("""{"value":[]""")]
    public async Task Query_DamagedAnswer_IsNoEmptyPage(string body)
    {
        using var service = new ScriptedTables(Answer(200, body));
        using var client = service.Client();

        var fault = await Assert.ThrowsAsync<AzureServiceException>(
            async () => await client.QueryAsync(new TableQuery(Filter: null), Cancellation).ToListAsync(Cancellation));

        Assert.StartsWith("Table Storage query: the service answered 200: its content can't be read (", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"value":5}""")]
    public async Task Exists_DamagedAnswer_SaysSo(string body)
    {
        using var service = new ScriptedTables(Answer(200, body));
        using var client = service.Client();

        var fault = await Assert.ThrowsAsync<AzureServiceException>(() => client.ExistsAsync(Cancellation));

        Assert.StartsWith("Table Storage find table: the service answered 200: its content can't be read (", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_NullProperties_CountAsAbsent()
    {
        using var service = new ScriptedTables(Answer(200, """{"odata.metadata":"m","PartitionKey":"p","RowKey":"r","A":null,"B@odata.type":"Edm.Int64","B":null,"C":5,"D@odata.type":"Edm.Int64","D":"6","E":"7"}"""));
        using var client = service.Client();

        var properties = (await client.GetAsync(Key, Cancellation))!.Properties;

        Assert.Equal("C5 D6 E7", $"{properties[0].Name}{properties[0].Value.Int32} {properties[1].Name}{properties[1].Value.Int64} {properties[2].Name}{properties[2].Value.Text}");
    }

    [Theory]
    [InlineData(-20, "the clock of this machine is 20 min behind the service's, which allows 15")]
    [InlineData(90, "the clock of this machine is 90 min ahead of the service's, which allows 15")]
    [InlineData(1, null)]
    public async Task Refused_ClockIsWrong_SaysSo(int minutes, string? hint)
    {
        var clock = new ManualTimeProvider();
        var date = (clock.GetUtcNow() - TimeSpan.FromMinutes(minutes)).ToString("R", null);
        using var service = new ScriptedTables(Error(403, "AuthenticationFailed", "Server failed to authenticate the request.", ("Date", date)));
        using var client = service.Client(clock);

        var fault = await Assert.ThrowsAsync<AzureServiceException>(async () => await client.GetAsync(Key, Cancellation));

        var end = hint is null ? "" : $" ({hint})";
        Assert.Equal($"Table Storage get: the service answered 403 AuthenticationFailed: Server failed to authenticate the request.{end} (request r1)", fault.Message);
        Assert.DoesNotContain("Authorization", fault.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Header(service.Requests[0], "Authorization").Split(':')[^1], fault.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Query_EmptyPages_AreGoneThrough()
    {
        (string, string)[] next = [("x-ms-continuation-NextPartitionKey", "1!16!a+b"), ("x-ms-continuation-NextRowKey", "1!8!c/d")];
        using var service = new ScriptedTables(
            Answer(200, """{"odata.metadata":"m","value":[]}""", next),
            Answer(200, """{"value":[]}""", ("x-ms-continuation-NextPartitionKey", "only")),
            Answer(200, """{"value":[{"PartitionKey":"p","RowKey":"r"}]}"""));
        using var client = service.Client();
        List<int> sizes = [];

        await foreach (var page in client.QueryAsync(new TableQuery(TableFilter.Partition("p")), Cancellation))
        {
            sizes.Add(page.Count);
        }

        Assert.Equal([0, 0, 1], sizes);
        Assert.StartsWith("GET http://127.0.0.1:1/devstoreaccount1/Tab()?$filter=PartitionKey%20eq%20%27p%27&NextPartitionKey=1%2116%21a%2Bb&NextRowKey=1%218%21c%2Fd\n", service.Requests[1], StringComparison.Ordinal);
        Assert.StartsWith("GET http://127.0.0.1:1/devstoreaccount1/Tab()?$filter=PartitionKey%20eq%20%27p%27&NextPartitionKey=only\n", service.Requests[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sas_IsInTheAddressAndInNoError()
    {
        const string signature = "sv=2021-12-02&sig=se%2Bcret%3D";
        using var service = new ScriptedTables(Error(403, "AuthorizationFailure"));
        using var client = service.Client(credential: StorageCredential.Sas("?" + signature));

        var fault = await Assert.ThrowsAsync<AzureServiceException>(async () => await client.GetAsync(Key, Cancellation, "A"));

        Assert.StartsWith($"GET http://127.0.0.1:1/devstoreaccount1/Tab(PartitionKey='p',RowKey='r')?$select=A&{signature}\n", service.Requests[0], StringComparison.Ordinal);
        Assert.DoesNotContain("Authorization", service.Requests[0], StringComparison.Ordinal);
        Assert.DoesNotContain("cret", fault.ToString(), StringComparison.Ordinal);
    }

    private static string Header(string request, string name) =>
        request.Split('\n').Single(line => line.StartsWith(name + ": ", StringComparison.OrdinalIgnoreCase))[(name.Length + 2)..];

    private static TableOperation[] Writes() =>
    [
        TableOperation.Insert(Row), TableOperation.InsertOrReplace(Row), TableOperation.InsertOrMerge(Row), TableOperation.Replace(Row, TableCondition.ETag("W/\"1\"")),
        TableOperation.Merge(Row, TableCondition.Exists), TableOperation.Delete(Key, TableCondition.Exists),
    ];

    private static TableBatch Batch()
    {
        var batch = new TableBatch();
        batch.Add(TableOperation.Insert(Row));
        return batch;
    }
}
