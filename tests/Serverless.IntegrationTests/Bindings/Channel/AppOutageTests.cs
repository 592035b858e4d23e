using System.Globalization;
using Serverless.Backends.Apps;
using Serverless.IntegrationTests.Processes;
using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.Bindings.Channel;

/// <summary>Apps that are late, ill, gone or slow, and a process that is stopped or reloaded meanwhile.</summary>
public sealed class AppOutageTests(QueueFixture queues) : IClassFixture<QueueFixture>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private volatile int _health = 200;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task LateApp_IsWaitedFor_WhileTheApiServes()
    {
        await using var app = RecordingApp.Down();
        await using var process = await AppProcess.LaunchAsync(queues.Settings(app));
        Assert.True(await Eventually.TrueAsync(() => process.Output.HasLine("waiting for the app to listen"), Limit, Token), process.Output.Text);
        await QueueFixture.SendAsync(process.Port, "1");
        Assert.Equal(204, (await GetAsync(process, "/v1.0/healthz/outbound")).Status);
        Assert.Contains("dapr is not ready: [app]", (await GetAsync(process, "/v1.0/healthz")).Text, StringComparison.Ordinal);

        await app.StartAgainAsync();

        await app.WaitAsync(1, "POST", "/queue", Token);
        Assert.Equal(204, (await GetAsync(process, "/v1.0/healthz")).Status);
    }

    [Fact]
    public async Task AppThatIsGone_LosesNothing()
    {
        await using var app = await RecordingApp.StartAsync();
        await using var process = await AppProcess.StartAsync(queues.Settings(app), Token);
        await QueueFixture.SendAsync(process.Port, "0");
        await app.WaitAsync(1, "POST", "/queue", Token);
        await app.StopAsync();
        for (var sent = 1; sent < 5; sent++)
        {
            await QueueFixture.SendAsync(process.Port, $"{sent}");
        }

        Assert.True(await Eventually.TrueAsync(() => process.Output.HasLine("binding 'queue': an event did not reach the app"), Limit, Token), process.Output.Text);
        await app.StartAgainAsync();

        Assert.True(await Eventually.TrueAsync(() => app.Of("POST", "/queue").Select(call => call.Text).Distinct().Count() == 5, Limit, Token), process.Output.Text);
    }

    [Fact]
    public async Task IllApp_GetsNothing_UntilItIsWell()
    {
        await using var app = await RecordingApp.StartAsync();
        app.Script = (request, _) => Task.FromResult(new AppReply(request.Method == "GET" ? _health : 200));
        var settings = queues.Settings(app);
        await using var process = await AppProcess.StartAsync(
            settings with
            {
                Arguments =
                [
                    .. settings.Arguments, "--enable-app-health-check", "--app-health-check-path", "/alive", "--app-health-probe-interval", "1",
                    "--app-health-probe-timeout", "900", "--app-health-threshold", "2",
                ],
            },
            Token);
        await QueueFixture.SendAsync(process.Port, "0");
        await app.WaitAsync(1, "POST", "/queue", Token);

        _health = 503;
        Assert.True(await Eventually.TrueAsync(() => process.Output.HasLine("App entered un-healthy status: 2 probes in a row failed, the last because the app answered 503"), Limit, Token), process.Output.Text);
        await QueueFixture.SendAsync(process.Port, "1");
        var probes = app.Of("GET", "/alive").Count;
        await app.WaitAsync(probes + 1, "GET", "/alive", Token);
        Assert.Single(app.Of("POST", "/queue"));

        _health = 200;
        Assert.Equal(["0", "1"], (await app.WaitAsync(2, "POST", "/queue", Token)).Select(call => call.Text));
        Assert.Equal(2, app.Of("OPTIONS", "/queue").Count);
    }

    [Fact]
    public async Task Sigterm_LetsTheDeliveryFinish_WhoseAppStillCallsTheApi()
    {
        await using var app = await RecordingApp.StartAsync();
        using var release = new SemaphoreSlim(0);
        var port = 0;
        var saved = 0;
        app.Script = async (request, cancellationToken) =>
        {
            if (request.Method == "POST")
            {
                await release.WaitAsync(cancellationToken);
                saved = (await RawClient.SendAsync(port, new RawRequest("GET", "/v1.0/metadata"), cancellationToken)).Status;
            }

            return AppReply.Ok;
        };
        using var folder = new TempFolder();
        var settings = queues.Settings(app) with { Folder = folder };
        await using (var process = await AppProcess.StartAsync(settings, Token))
        {
            port = process.Port;
            await QueueFixture.SendAsync(process.Port, "1");
            await app.WaitAsync(1, "POST", "/queue", Token);
            var end = process.Process.TerminateAsync(Token);
            Assert.True(await Eventually.TrueAsync(() => process.Output.HasLine("stopping; running requests have"), Limit, Token), process.Output.Text);
            release.Release();
            Assert.Equal(0, await end);
            Assert.Equal(200, saved);
        }

        // The next one is hidden as long as the one before would have been, had it not gone: by then both would have come.
        app.Clear();
        app.Script = (request, _) => Task.FromResult(new AppReply(request.Header("dequeuecount") == "1" ? 500 : 200));
        await using var next = await AppProcess.StartAsync(settings, Token);
        await QueueFixture.SendAsync(next.Port, "2");
        Assert.Equal(["2", "2"], (await app.WaitAsync(2, "POST", "/queue", Token)).Select(call => call.Text));
    }

    [Fact]
    public async Task Sigterm_CutsAnAppThatHangs_AndTheMessageComesAgain()
    {
        await using var app = await RecordingApp.StartAsync();
        app.Script = (request, cancellationToken) => request.Method == "POST" ? RecordingApp.HangAsync(request, cancellationToken) : Task.FromResult(AppReply.Ok);
        using var folder = new TempFolder();
        var settings = queues.Settings(app) with { Folder = folder };
        settings = settings with { Arguments = [.. settings.Arguments, "--dapr-graceful-shutdown-seconds", "1"] };
        await using (var process = await AppProcess.StartAsync(settings, Token))
        {
            await QueueFixture.SendAsync(process.Port, "1");
            await app.WaitAsync(1, "POST", "/queue", Token);
            Assert.Equal(0, await process.Process.TerminateAsync(Token));
            Assert.True(process.Output.HasLine("binding 'queue': deliveries under way were cut off"), process.Output.Text);
        }

        app.Clear();
        app.Script = (_, _) => Task.FromResult(AppReply.Ok);
        await using var next = await AppProcess.StartAsync(settings, Token);
        Assert.Equal("1", Assert.Single(await app.WaitAsync(1, "POST", "/queue", Token)).Text);
    }

    [Fact]
    public async Task Reload_HandsTheQueueOver()
    {
        await using var app = await RecordingApp.StartAsync();
        var queue = QueueFixture.NewName();
        await using var process = await AppProcess.StartAsync(
            queues.Settings(app) with { Resources = new Dictionary<string, string> { ["queue.yaml"] = queues.Queue("queue", queue, ("route", "before")) } }, Token);
        await QueueFixture.SendAsync(process.Port, "1");
        await app.WaitAsync(1, "POST", "/before", Token);

        process.Folder.Replace("resources/queue.yaml", queues.Queue("queue", queue, ("route", "after")));
        await app.WaitAsync(1, "OPTIONS", "/after", Token);
        for (var sent = 2; sent < 8; sent++)
        {
            await QueueFixture.SendAsync(process.Port, sent.ToString(CultureInfo.InvariantCulture));
        }

        Assert.Equal(6, (await app.WaitAsync(6, "POST", "/after", Token)).Select(call => call.Text).Distinct().Count());
        Assert.Single(app.Of("POST", "/before"));
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
        Assert.Equal("""{"n":1}""", (await GetAsync(process, "/v1.0/state/store/seen")).Text);
    }

    private static Task<RawResponse> GetAsync(AppProcess process, string path) => RawClient.SendAsync(process.Port, new RawRequest("GET", path), Token);
}
