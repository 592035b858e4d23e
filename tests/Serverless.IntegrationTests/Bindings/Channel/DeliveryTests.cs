using Serverless.Backends.Apps;
using Serverless.Backends.Network;
using Serverless.IntegrationTests.Processes;
using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.Bindings.Channel;

/// <summary>From a queue through the running process to an app.</summary>
public sealed class DeliveryTests(QueueFixture queues) : IClassFixture<QueueFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Message_ReachesTheRouteWithHeadersTokenAndTrace()
    {
        await using var app = await RecordingApp.StartAsync();
        var settings = queues.Settings(app, ("route", "/orders/new")) with { Environment = new Dictionary<string, string> { ["APP_API_TOKEN"] = "for the app" } };
        await using var process = await AppProcess.StartAsync(settings, Token);

        await QueueFixture.SendAsync(process.Port, """{"id":1}""");

        var request = Assert.Single(await app.WaitAsync(1, "POST", "/orders/new", Token));
        Assert.Equal(("""{"id":1}""", "application/json", "for the app", "1"), (request.Text, request.Header("content-type"), request.Header("dapr-api-token"), request.Header("Dequeuecount")));
        Assert.Matches("^00-[0-9a-f]{32}-[0-9a-f]{16}-00$", request.Header("traceparent"));
        var options = Assert.Single(app.Of("OPTIONS", "/orders/new"));
        Assert.Equal("for the app", options.Header("dapr-api-token"));

        await QueueFixture.SendAsync(process.Port, "2");
        Assert.Equal(["""{"id":1}""", "2"], (await app.WaitAsync(2, "POST", "/orders/new", Token)).Select(call => call.Text));
    }

    [Theory]
    [InlineData(204, true)]
    [InlineData(405, true)]
    [InlineData(404, false)]
    public async Task Options_DecideWhetherTheQueueIsRead(int status, bool isRead)
    {
        await using var app = await RecordingApp.StartAsync();
        app.Script = (request, _) => Task.FromResult(new AppReply(request.Method == "OPTIONS" ? status : 200));
        await using var process = await AppProcess.StartAsync(queues.Settings(app), Token);
        await QueueFixture.SendAsync(process.Port, "1");

        if (isRead)
        {
            await app.WaitAsync(1, "POST", "/queue", Token);
            return;
        }

        Assert.True(await Eventually.TrueAsync(() => process.Output.HasLine("binding 'queue'", "does not want its events"), TimeSpan.FromSeconds(10), Token), process.Output.Text);
        Assert.Empty(app.Of("POST", "/queue"));
    }

    [Fact]
    public async Task DirectionInput_IsReadWithoutAQuestion()
    {
        await using var app = await RecordingApp.StartAsync();
        app.Script = (request, _) => Task.FromResult(new AppReply(request.Method == "OPTIONS" ? 404 : 200));
        await using var process = await AppProcess.StartAsync(queues.Settings(app, ("direction", "input, output")), Token);
        await QueueFixture.SendAsync(process.Port, "1");

        await app.WaitAsync(1, "POST", "/queue", Token);
        Assert.Empty(app.Of("OPTIONS", "/queue"));
    }

    [Fact]
    public async Task OptionsThatHang_AreAskedAgain()
    {
        await using var app = await RecordingApp.StartAsync();
        app.Script = (request, cancellationToken) =>
            request.Method == "OPTIONS" && app.Of("OPTIONS", "/queue").Count == 1 ? RecordingApp.HangAsync(request, cancellationToken) : Task.FromResult(AppReply.Ok);
        var settings = queues.Settings(app);
        await using var process = await AppProcess.StartAsync(settings with { Arguments = [.. settings.Arguments, "--app-binding-options-timeout", "200ms"] }, Token);
        await QueueFixture.SendAsync(process.Port, "1");

        await app.WaitAsync(1, "POST", "/queue", Token);
        Assert.True(process.Output.HasLine("whether the app wants the events is not known: the app did not answer within 0.2 s"), process.Output.Text);
    }

    [Fact]
    public async Task MaxConcurrency_IsKept()
    {
        await using var app = await RecordingApp.StartAsync();
        using var release = new SemaphoreSlim(0);
        app.Script = async (request, cancellationToken) =>
        {
            await (request.Method == "POST" ? release.WaitAsync(cancellationToken) : Task.CompletedTask);
            return AppReply.Ok;
        };
        var settings = queues.Settings(app);
        await using var process = await AppProcess.StartAsync(settings with { Arguments = [.. settings.Arguments, "--app-max-concurrency", "3"] }, Token);
        for (var sent = 0; sent < 9; sent++)
        {
            await QueueFixture.SendAsync(process.Port, $"{sent}");
        }

        await app.WaitAsync(3, "POST", "/queue", Token);
        release.Release(100);
        var received = await app.WaitAsync(9, "POST", "/queue", Token);

        Assert.Equal(3, app.MostAtOnce);
        Assert.Equal(9, received.Select(request => request.Text).Distinct().Count());
    }

    [Fact]
    public async Task RefusedMessage_ComesAgain_AndAnAppOfHttpsIsReached()
    {
        using var certificates = new CertificateSet();
        await using var app = await RecordingApp.StartAsync(certificates);
        app.Script = (request, _) => Task.FromResult(new AppReply(request.Method == "POST" && app.Of("POST", "/queue").Count == 1 ? 500 : 200));
        var settings = queues.Settings(app, ("visibilityTimeout", "1s"));
        await using var process = await AppProcess.StartAsync(settings with { Arguments = [.. settings.Arguments, "--app-protocol", "https"] }, Token);
        await QueueFixture.SendAsync(process.Port, "\"secret data\"");

        Assert.Equal(["1", "2"], (await app.WaitAsync(2, "POST", "/queue", Token)).Select(call => call.Header("dequeuecount")));
        Assert.True(process.Output.HasLine("binding 'queue': the app did not take an event: status code 500"), process.Output.Text);
        Assert.DoesNotContain("secret data", process.Output.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reply_SavesStateAndCallsBindings()
    {
        await using var app = await RecordingApp.StartAsync();
        app.Script = (request, _) => Task.FromResult(request is { Method: "POST", Path: "/queue" }
            ? AppReply.Json("""{"storeName":"store","state":[{"key":"app||seen","value":{"n":1}}],"to":["next"],"data":{"from":"queue"}}""")
            : AppReply.Ok);
        var settings = queues.Settings(app);
        var resources = new Dictionary<string, string>(settings.Resources) { ["next.yaml"] = queues.Queue("next", QueueFixture.NewName()), ["store.yaml"] = Resources.InMemoryStore("store") };
        await using var process = await AppProcess.StartAsync(settings with { Resources = resources }, Token);
        await QueueFixture.SendAsync(process.Port, "1");

        Assert.Equal("""{"from":"queue"}""", Assert.Single(await app.WaitAsync(1, "POST", "/next", Token)).Text);
        Assert.Equal("""{"n":1}""", (await RawClient.SendAsync(process.Port, new RawRequest("GET", "/v1.0/state/store/seen"), Token)).Text);
    }

    [Fact]
    public async Task AppUrl_IsWhereTheAppIs_AndMetadataShowsIt()
    {
        await using var app = await RecordingApp.StartAsync();
        var settings = queues.Settings(app) with { Arguments = [], Environment = new Dictionary<string, string> { ["APP_URL"] = $"{app.Address}base" } };
        await using var process = await AppProcess.StartAsync(settings, Token);
        await QueueFixture.SendAsync(process.Port, "1");

        await app.WaitAsync(1, "POST", "/base/queue", Token);
        var metadata = await RawClient.SendAsync(process.Port, new RawRequest("GET", "/v1.0/metadata"), Token);
        Assert.Contains($"\"appConnectionProperties\":{{\"port\":{app.Port},\"protocol\":\"http\",\"channelAddress\":\"127.0.0.1\",\"maxConcurrency\":-1}}", metadata.Text, StringComparison.Ordinal);
        Assert.Contains("\"capabilities\":[\"INPUT_BINDING\",\"OUTPUT_BINDING\"]", metadata.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UnderTheHost_NothingIsReadAndTheAppIsNotAsked()
    {
        await using var app = await RecordingApp.StartAsync();
        await using var process = await AppProcess.StartAsync(queues.Settings(app) with { IsUnderHost = true }, Token);
        await QueueFixture.SendAsync(process.Port, "1");
        await QueueFixture.SendAsync(process.Port, "2");

        Assert.Equal(200, await process.Process.TerminateAsync(Token));
        Assert.Empty(app.Requests);
    }
}
