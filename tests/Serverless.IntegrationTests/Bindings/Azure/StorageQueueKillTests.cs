using System.Globalization;
using Serverless.Backends.Apps;
using Serverless.IntegrationTests.Bindings.Channel;
using Serverless.IntegrationTests.Processes;

namespace Serverless.IntegrationTests.Bindings.Azure;

/// <summary>A process that ends by SIGKILL while its app works on messages.</summary>
public sealed class StorageQueueKillTests(QueueFixture queues) : IClassFixture<QueueFixture>
{
    private const int Messages = 60;

    [Fact]
    public async Task Process_KilledAgainAndAgain_DeliversEveryMessage()
    {
        var token = TestContext.Current.CancellationToken;
        await using var app = await RecordingApp.StartAsync();
        app.Script = async (request, cancelled) =>
        {
            await Task.Delay(request.Method == "POST" ? TimeSpan.FromMilliseconds(50) : TimeSpan.Zero, TimeProvider.System, cancelled);
            return AppReply.Ok;
        };
        using var folder = new TempFolder();
        var settings = queues.Settings(app, ("maxConcurrentHandlers", "4")) with { Folder = folder };
        await using (var first = await AppProcess.StartAsync(settings, token))
        {
            await Task.WhenAll(Enumerable.Range(0, Messages).Select(number => QueueFixture.SendAsync(first.Port, number.ToString(CultureInfo.InvariantCulture))));
            await app.WaitAsync(5, "POST", "/queue", token);
            await first.Process.KillAsync(token);
        }

        await using (var second = await AppProcess.StartAsync(settings, token))
        {
            await app.WaitAsync(app.Of("POST", "/queue").Count + 10, "POST", "/queue", token);
            await second.Process.KillAsync(token);
        }

        await using var last = await AppProcess.StartAsync(settings, token);
        Assert.True(await Eventually.TrueAsync(() => app.Of("POST", "/queue").Select(call => call.Text).Distinct().Count() == Messages, TimeSpan.FromSeconds(20), token), last.Output.Text);
    }
}
