using Serverless.Backends.Apps;
using Serverless.IntegrationTests.Processes;
using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.Bindings.Channel;

/// <summary>Apps that are late, ill or gone.</summary>
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

    private static Task<RawResponse> GetAsync(AppProcess process, string path) => RawClient.SendAsync(process.Port, new RawRequest("GET", path), Token);
}
