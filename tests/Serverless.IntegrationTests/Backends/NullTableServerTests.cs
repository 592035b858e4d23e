using System.Net;
using System.Text.Json.Nodes;
using Serverless.Backends.Node;
using Serverless.Backends.Tables;

namespace Serverless.IntegrationTests.Backends;

public sealed class NullTableServerTests(AzuriteFixture fixture) : IClassFixture<AzuriteFixture>
{
    private const int Operations = 200;
    private const int WarmUp = 50;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("get")]
    [InlineData("upsert")]
    [InlineData("insert")]
    [InlineData("replace")]
    [InlineData("merge")]
    [InlineData("delete")]
    public async Task Load_OfMicrosoftsClient_IsAnsweredAndCounted(string operation)
    {
        await using var server = await NullTableServer.StartAsync(Token);
        var load = await new NodeScript("table-load.mjs", server.Endpoint, operation, $"{Operations}", "8", $"{WarmUp}").RunAsync(Token);
        Assert.Equal(Operations, load.GetProperty("operations").GetInt32());
        Assert.True(load.GetProperty("seconds").GetDouble() > 0 && load.GetProperty("cpuSeconds").GetDouble() > 0, load.GetRawText());
        Assert.Equal(2 + WarmUp + Operations, server.Requests);
    }

    [Fact]
    public async Task Answers_EveryOperation_AreThoseOfAzurite()
    {
        using var requests = new AzuriteRequests();
        await using var server = await NullTableServer.StartAsync(Token);
        await requests.CreateTableAsync(fixture.Server);
        const string entity = """{"PartitionKey":"p","RowKey":"r","Value":"{\"hello\":\"world\"}"}""";
        const string target = "Tab(PartitionKey='p',RowKey='r')";
        (HttpMethod Method, string Target, string? Body, string Header, string Value)[] steps =
        [
            (HttpMethod.Post, "Tab", entity, "Prefer", "return-no-content"),
            (HttpMethod.Get, target, null, "DataServiceVersion", "3.0"),
            (HttpMethod.Put, target, entity, "If-Match", "*"),
            (HttpMethod.Patch, target, entity, "If-Match", "*"),
            (HttpMethod.Delete, target, null, "If-Match", "*"),
            (HttpMethod.Post, "Tab", entity, "Prefer", "return-content"),
            (HttpMethod.Put, target, entity, "DataServiceVersion", "3.0"),
        ];
        foreach (var (method, path, body, header, value) in steps)
        {
            Task<(HttpStatusCode Status, string Text)> SendAsync(string endpoint) => requests.SendAsync(
                method,
                $"{endpoint}/{path}?{AzuriteRequests.AccountSas}",
                body is null ? null : ("application/json", body),
                new Dictionary<string, string> { [header] = value });
            var (expected, actual) = (await SendAsync(fixture.Server.TableEndpoint), await SendAsync(server.Endpoint));
            Assert.Equal((method, expected.Status), (method, actual.Status));
            Assert.Equal(Names(expected.Text), Names(actual.Text));
        }
    }

    [Fact]
    public async Task Load_OfAzurite_IsDone()
    {
        var created = await new NodeScript("write-table.mjs", fixture.Server.ConnectionString, "load") { Input = "[]" }.RunAsync(Token);
        Assert.Empty(created.EnumerateArray());
        var load = await new NodeScript("table-load.mjs", fixture.Server.TableEndpoint, "get", "20", "4", "1").RunAsync(Token);
        Assert.Equal(20, load.GetProperty("operations").GetInt32());
    }

    /// <summary>The names of the JSON's members, sorted; none for an empty text.</summary>
    private static string[] Names(string text) =>
        text.Length == 0 ? [] : [.. JsonNode.Parse(text)!.AsObject().Select(member => member.Key).Order(StringComparer.Ordinal)];
}
