using System.Collections.Concurrent;
using System.Security.Cryptography;
using Serverless.Backends.Apps;
using Serverless.IntegrationTests.HostEmulator;

namespace Serverless.IntegrationTests.Bindings.Triggers;

/// <summary>Storage queue to app through a generated trigger: payloads, outages, refusals (design.md §6).</summary>
public sealed class QueueTriggerTests(AzuriteFixture storage) : IClassFixture<AzuriteFixture>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Payloads_OfAllKinds_ArriveAsTheyWere()
    {
        string[] texts =
        [
            "hello", "\"hello\"", "{}", "{\"Id\":\"faked\",\"DequeueCount\":99}", "aGVsbG8=", "[1, 2]", "null", "7", "grüße \u4e16\u754c \ud83d\ude00", " a\tb\r\nc ", "<&>",
            new string('x', (64 << 10) - 2) + "ab",
        ];
        using var queue = await storage.CreateAsync("payloads");
        await using var app = await TriggeredApp.StartAsync(await RecordingApp.StartAsync(), TriggeredApp.Settings(storage.Server), ("q.yaml", TriggeredApp.Queue("Texts", "payloads", ("route", "/in/texts"))));
        var recording = app.App;
        foreach (var text in texts)
        {
            await queue.PutAsync(text, Token);
        }

        var calls = await recording.WaitAsync(texts.Length, "POST", "/in/texts", Token, Limit);

        Assert.Equal(texts.Order(StringComparer.Ordinal), calls.Select(call => call.Text).Order(StringComparer.Ordinal));
        Assert.All(calls, call => Assert.Equal("1", call.Header("Dequeuecount")));
        Assert.All(calls, call => Assert.True(Guid.TryParse(call.Header("Messageid"), out _), call.Header("Messageid")));
        await EmptyAsync(queue);
    }

    [Fact]
    public async Task Payload_OfBase64_IsDecodedWhereAskedFor()
    {
        byte[][] payloads = ["hello"u8.ToArray(), RandomNumberGenerator.GetBytes(48 << 10), [0, 255, 34]];
        using var queue = await storage.CreateAsync("base64");
        await using var app = await TriggeredApp.StartAsync(await RecordingApp.StartAsync(), TriggeredApp.Settings(storage.Server), ("q.yaml", TriggeredApp.Queue("bytes", "base64", ("decodeBase64", "true"))));
        foreach (var payload in payloads)
        {
            await queue.PutAsync(Convert.ToBase64String(payload), Token);
        }

        var calls = await app.App.WaitAsync(payloads.Length, "POST", "/bytes", Token, Limit);

        Assert.Equal(payloads.Select(Convert.ToHexString).Order(StringComparer.Ordinal), calls.Select(call => Convert.ToHexString(call.Body)).Order(StringComparer.Ordinal));
        await EmptyAsync(queue);
    }

    [Fact]
    public async Task App_DownForAWhile_PoisonsNothing()
    {
        using var queue = await storage.CreateAsync("outage");
        await using var app = await TriggeredApp.StartAsync(RecordingApp.Down(), TriggeredApp.Settings(storage.Server, ("extensions__queues__visibilityTimeout", "00:00:01")), ("q.yaml", TriggeredApp.Queue("outage", "outage")));
        for (var i = 0; i < 5; i++)
        {
            await queue.PutAsync($"message {i}", Token);
        }

        await app.WaitForStatusAsync("outage", "the app did not answer");
        await app.App.StartAgainAsync();
        var calls = await app.App.WaitAsync(5, "POST", "/outage", Token, Limit);

        // Not one invocation has failed: all waited.
        Assert.All(calls, call => Assert.Equal("1", call.Header("Dequeuecount")));
        await app.WaitForStatusAsync("outage", "");
        await EmptyAsync(queue);
        Assert.Equal(0, await PoisonedAsync("outage"));
        Assert.Contains("events wait", app.Host.Journal.HandlerOutput, StringComparison.Ordinal);
    }

    [Fact]
    public async Task App_ThatRefuses_IsAskedFiveTimesAndThenItIsPoison()
    {
        using var queue = await storage.CreateAsync("refusals");
        var counts = new ConcurrentDictionary<string, int>();
        var answer = new byte[64 << 10];
        answer.AsSpan().Fill((byte)'x');
        var recording = await RecordingApp.StartAsync();
        recording.Script = (request, _) => Task.FromResult(counts.AddOrUpdate(request.Text, 1, (_, count) => count + 1) > 0 && request.Text == "bad" ? new AppReply(500) { Body = answer } : AppReply.Ok);
        await using var app = await TriggeredApp.StartAsync(recording, TriggeredApp.Settings(storage.Server, ("extensions__queues__visibilityTimeout", "00:00:00")), ("q.yaml", TriggeredApp.Queue("refusals", "refusals")));
        await queue.PutAsync("bad", Token);
        await queue.PutAsync("good", Token);

        await Eventually.MustAsync("the message is poison", async () => await PoisonedAsync("refusals") == 1, Limit, Token);

        Assert.Equal(5, counts["bad"]);
        Assert.Equal(1, counts["good"]);
        await EmptyAsync(queue);
        Assert.Contains("status code: 500", app.Host.Journal.HandlerOutput, StringComparison.Ordinal);
        Assert.True(app.Host.Journal.HandlerOutput.Length < answer.Length, "the log repeats what the app said");
    }

    [Fact]
    public async Task App_ThatHangs_NeverReachesTheHostsTimeout()
    {
        using var queue = await storage.CreateAsync("hangs");
        var recording = await RecordingApp.StartAsync();
        recording.Script = RecordingApp.HangAsync;
        await using var app = await TriggeredApp.StartAsync(
            recording, TriggeredApp.Settings(storage.Server, ("functionTimeout", "00:00:04"), ("extensions__queues__visibilityTimeout", "00:00:00")), ("q.yaml", TriggeredApp.Queue("hangs", "hangs")));
        await queue.PutAsync("message", Token);

        // The second delivery means that the first has failed by itself.
        var calls = await recording.WaitAsync(2, "POST", "/hangs", Token, Limit);

        Assert.Equal("2", calls[1].Header("Dequeuecount"));
        Assert.Equal(1, app.Host.Journal.Starts);
        Assert.DoesNotContain(app.Host.Journal.Events, line => line.Contains("timeout of function", StringComparison.Ordinal));
        recording.Script = (_, _) => Task.FromResult(AppReply.Ok);
        await EmptyAsync(queue);
        Assert.Equal(0, await PoisonedAsync("hangs"));
    }

    [Fact]
    public async Task App_SlowerThanTheHostsLease_GetsTheMessageOnce()
    {
        using var queue = await storage.CreateAsync("slow");
        var recording = await RecordingApp.StartAsync();
        recording.Script = async (_, token) =>
        {
            await Task.Delay(TimeSpan.FromSeconds(4), TimeProvider.System, token);
            return AppReply.Ok;
        };
        await using var app = await TriggeredApp.StartAsync(recording, TriggeredApp.Settings(storage.Server) with { QueueLease = TimeSpan.FromSeconds(2) }, ("q.yaml", TriggeredApp.Queue("slow", "slow")));
        await queue.PutAsync("message", Token);
        await recording.WaitAsync(1, "POST", "/slow", Token, Limit);

        await EmptyAsync(queue);

        Assert.Single(recording.Requests);
    }

    [Fact]
    public async Task Handler_ThreeCrashes_StopTheHostAndLoseNothing()
    {
        using var queue = await storage.CreateAsync("crashes");
        var recording = await RecordingApp.StartAsync();
        recording.Script = RecordingApp.HangAsync;
        await using var app = await TriggeredApp.StartAsync(
            recording, TriggeredApp.Settings(storage.Server, ("extensions__queues__visibilityTimeout", "00:00:01")) with { QueueLease = TimeSpan.FromSeconds(2) }, ("q.yaml", TriggeredApp.Queue("crashes", "crashes")));
        await queue.PutAsync("message", Token);
        for (var crash = 1; crash <= 3; crash++)
        {
            await recording.WaitAsync(crash, "POST", "/crashes", Token, Limit);
            app.Host.Handler.Process.Kill();
        }

        await Eventually.MustAsync("the host has stopped", () => Task.FromResult(app.Host.Journal.Events.Any(line => line.StartsWith("host stopped", StringComparison.Ordinal))), Limit, Token);
        Assert.Equal(3, app.Host.Journal.Starts);

        recording.Script = (_, _) => Task.FromResult(AppReply.Ok);
        await app.KillAsync();
        await app.StartAgainAsync();
        await recording.WaitAsync(4, "POST", "/crashes", Token, Limit);
        await EmptyAsync(queue);
        Assert.Equal(0, await PoisonedAsync("crashes"));
    }

    private static Task EmptyAsync(QueueRequests queue) =>
        Eventually.MustAsync($"{queue.Name} is empty", async () => await queue.CountAsync(Token) == 0, Limit, Token);

    private async Task<int> PoisonedAsync(string queue)
    {
        using var poison = new QueueRequests(storage.Server.ConnectionString, $"{queue}-poison");
        return await poison.CountAsync(Token);
    }
}
