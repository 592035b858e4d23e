using System.Globalization;
using Serverless.Backends.Apps;
using Serverless.IntegrationTests.Processes;
using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.Bindings.Channel;

/// <summary>A process that is stopped or reloaded while events are under way.</summary>
public sealed class HandoverTests(QueueFixture queues) : IClassFixture<QueueFixture>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

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
        var settings = queues.Settings(app, ("visibilityTimeout", "1s")) with { Folder = folder };
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
        var settings = queues.Settings(app, ("visibilityTimeout", "1s")) with { Folder = folder };
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
    public async Task Sigterm_WhileAReloadWaitsForAnAppThatHangs_EndsInTime()
    {
        await using var app = await RecordingApp.StartAsync();
        app.Script = (request, cancellationToken) => request.Method == "POST" ? RecordingApp.HangAsync(request, cancellationToken) : Task.FromResult(AppReply.Ok);
        var queue = QueueFixture.NewName();
        await using var process = await AppProcess.StartAsync(
            queues.Settings(app) with
            {
                Arguments = ["--app-port", $"{app.Port}", "--dapr-graceful-shutdown-seconds", "2"],
                Resources = new Dictionary<string, string> { ["queue.yaml"] = queues.Queue("queue", queue, ("route", "before")) },
            },
            Token);
        await QueueFixture.SendAsync(process.Port, "1");
        await app.WaitAsync(1, "POST", "/before", Token);
        process.Folder.Replace("resources/queue.yaml", queues.Queue("queue", queue, ("route", "after")));
        Assert.True(await Eventually.TrueAsync(() => process.Output.Lines.Count(line => line.Contains("component loaded: queue", StringComparison.Ordinal)) == 2, Limit, Token), process.Output.Text);

        Assert.Equal(0, await process.Process.TerminateAsync(Token));

        Assert.True(process.Output.HasLine("binding 'queue': deliveries under way were cut off"), process.Output.Text);
        Assert.False(process.Output.HasLine("not everything was closed"), process.Output.Text);
        Assert.Empty(app.Of("OPTIONS", "/after"));
    }
}
