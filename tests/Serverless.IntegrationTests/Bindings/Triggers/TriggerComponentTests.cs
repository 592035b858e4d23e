using System.Text;
using System.Text.Json.Nodes;
using Serverless.Backends.Apps;
using Serverless.IntegrationTests.HostEmulator;
using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.Bindings.Triggers;

/// <summary>Triggers whose component is not, or not only, that of the package; and who may call them.</summary>
public sealed class TriggerComponentTests(AzuriteFixture storage) : IClassFixture<AzuriteFixture>
{
    private const string Payload = """{"Data":{"payload":"aGVsbG8="},"Metadata":{}}""";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Component_AbsentForAWhile_IsWaitedFor()
    {
        using var queue = await storage.CreateAsync("absent");
        await using var app = await TriggeredApp.StartAsync(await RecordingApp.StartAsync(), TriggeredApp.Settings(storage.Server), ("q.yaml", TriggeredApp.Queue("absent", "absent")));
        app.Remove("q.yaml");
        await Eventually.MustAsync("the component is gone", async () => !(await MetadataAsync(app)).Contains("storagequeues", StringComparison.Ordinal), Limit, Token);
        await queue.PutAsync("message", Token);
        await app.WaitForStatusAsync("absent", "not loaded");

        app.Write("q.yaml", TriggeredApp.Queue("absent", "absent"));

        var call = Assert.Single(await app.App.WaitAsync(1, "POST", "/absent", Token, Limit));
        Assert.Equal("1", call.Header("Dequeuecount"));
        await app.WaitForStatusAsync("absent", "");
    }

    [Fact]
    public async Task Component_OfOtherSettings_IsReportedAndGetsNothing()
    {
        using var queue = await storage.CreateAsync("before");
        await using var app = await TriggeredApp.StartAsync(await RecordingApp.StartAsync(), TriggeredApp.Settings(storage.Server), ("q.yaml", TriggeredApp.Queue("moved", "before")));
        app.Write("q.yaml", TriggeredApp.Queue("moved", "after"));
        await app.WaitForStatusAsync("moved", "queueName before");
        await queue.PutAsync("message", Token);
        await Eventually.MustAsync("the invocation waits", () => Task.FromResult(app.Host.Journal.HandlerOutput.Contains("input binding moved: events wait", StringComparison.Ordinal)), Limit, Token);
        Assert.Empty(app.App.Requests);

        app.Write("q.yaml", TriggeredApp.Queue("moved", "before"));

        await app.App.WaitAsync(1, "POST", "/moved", Token, Limit);
    }

    [Fact]
    public async Task Component_AddedLater_IsReportedAsWithoutTrigger()
    {
        await using var app = await TriggeredApp.StartAsync(await RecordingApp.StartAsync(), TriggeredApp.Settings(storage.Server), ("store.yaml", Resources.InMemoryStore("store")));
        app.Write("late.yaml", TriggeredApp.Queue("late", "late"));

        await app.WaitForStatusAsync("late", "the package has no trigger for it");

        Assert.Contains("input binding late: the package has no trigger", app.Host.Journal.HandlerOutput, StringComparison.Ordinal);
        app.Write("late.yaml", TriggeredApp.Queue("late", "late", ("direction", "output")));
        await app.WaitForStatusAsync("late", "");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Endpoint_FromOutside_IsOutOfReach(bool isForwardOnly)
    {
        string[] targets =
        [
            "/v1.0/..%2Fbinding-q", "/v1.0/%2E%2E%2Fbinding-q", "/v1.0/..%252Fbinding-q", "/v1.0/%252E%252E/binding-q", "/v1.0/%252E%252E%252Fbinding-q",
            "/v1.0/x/%252e%252e/%252e%252e/binding-q", "/v1.0/%2Fbinding-q", "/binding-q", "/v1.0/../binding-q", "/v1.0/..%5Cbinding-q",
        ];
        await using var app = await TriggeredApp.StartAsync(
            await RecordingApp.StartAsync(), TriggeredApp.Settings(storage.Server) with { IsForwardOnly = isForwardOnly }, ("q.yaml", TriggeredApp.Queue("q", "outside")));
        foreach (var target in targets)
        {
            var request = $"POST {target} HTTP/1.1\r\nHost: my.azurewebsites.net\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {Payload.Length}\r\n\r\n{Payload}";
            var answer = RawResponse.Parse(await RawClient.ExchangeAsync(app.Host.Port, Encoding.ASCII.GetBytes(request), Token));
            Assert.True(answer.Status is 401 or 404, $"{target}: {answer.Status} {answer.Text}");
        }

        Assert.Empty(app.App.Requests);

        // The same from the host gets through.
        var result = await app.Host.InvokeAsync("binding-q", (JsonObject)JsonNode.Parse(Payload)!, Token);
        Assert.Equal(TriggerOutcome.Succeeded, result.Outcome);
        Assert.Equal("hello", Assert.Single(app.App.Requests).Text);
    }

    [Fact]
    public async Task Payload_ThatIsNone_FailsAtOnceWithJson()
    {
        await using var app = await TriggeredApp.StartAsync(await RecordingApp.StartAsync(), TriggeredApp.Settings(storage.Server), ("q.yaml", TriggeredApp.Queue("q", "damaged")));
        using var client = new HttpClient(new SocketsHttpHandler());
        foreach (var (payload, expected) in ((string, string)[])[("""{"Data":{},"Metadata":{}}""", "no member 'payload'"), ("[]", "no object 'Data'"), ("", "no trigger's payload")])
        {
            using var content = new StringContent(payload);
            using var response = await client.PostAsync(new Uri($"http://127.0.0.1:{app.Host.Handler.Port}/binding-q"), content, Token);

            Assert.Equal(500, (int)response.StatusCode);
            Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
            Assert.Contains(expected, await response.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        }

        Assert.Empty(app.App.Requests);
    }

    private static async Task<string> MetadataAsync(TriggeredApp app) =>
        (await app.SendAsync(HttpMethod.Get, "/v1.0/metadata", "", ("dapr-api-token", TriggeredApp.ApiToken))).Text;
}
