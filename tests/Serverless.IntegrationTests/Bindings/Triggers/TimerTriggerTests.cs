using System.Globalization;
using Serverless.Backends.Apps;
using Serverless.Backends.Redis;
using Serverless.IntegrationTests.HostEmulator;
using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.Bindings.Triggers;

/// <summary>Schedules under the host: timers of their own, and the shared one of a minute (design.md §6).</summary>
public sealed class TimerTriggerTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Timer_OfItsOwn_FiresByTheHostsClock()
    {
        await using var app = await TriggeredApp.StartAsync(
            await RecordingApp.StartAsync(), TriggeredApp.Settings(null) with { RunsTimers = true }, ("c.yaml", Resources.Component("tick", "bindings.cron", ("schedule", "* * * * * *"), ("route", "in/tick"))));

        var calls = await app.App.WaitAsync(2, "POST", "/in/tick", Token, Limit);

        Assert.All(calls, call => Assert.Equal("", call.Text));
        Assert.All(calls, call => Assert.NotNull(call.Header("Readtimeutc")));
        Assert.Contains("timerTrigger", Assert.Single(app.Host.Functions.Functions, function => function.Name == "binding-tick").Trigger.Type, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Timer_SharedByTheOthers_FiresWhatIsDue()
    {
        await using var app = await TriggeredApp.StartAsync(
            await RecordingApp.StartAsync(),
            TriggeredApp.Settings(null),
            ("a.yaml", Resources.Component("due", "bindings.cron", ("schedule", "TZ=Europe/Berlin * * * * *"))),
            ("b.yaml", Resources.Component("never", "bindings.cron", ("schedule", "TZ=Europe/Berlin 0 0 29 2 *"))),
            ("c.yaml", Resources.Component("own", "bindings.cron", ("schedule", "0 0 29 2 *"))));

        var result = await app.Host.FireTimerAsync("cron-minute", Token);

        Assert.Equal(TriggerOutcome.Succeeded, result.Outcome);
        Assert.Equal("/due", Assert.Single(app.App.Requests).Path);
        Assert.Equal(TriggerOutcome.Succeeded, (await app.Host.FireTimerAsync("binding-own", Token)).Outcome);
        Assert.Equal("/own", app.App.Requests[^1].Path);
    }

    [Fact]
    public async Task Timer_SharedWithAStore_FiresWhatWasMissedOnceAndKeepsWhatTheAppDidNotGet()
    {
        await using var server = await RedisServer.StartAsync(Token);
        await using var app = await TriggeredApp.StartAsync(
            await RecordingApp.StartAsync(),
            TriggeredApp.Settings(null, ("functionTimeout", "00:00:04")),
            ("s.yaml", Resources.Component("leases", "state.redis", ("redisHost", server.Address), ("actorStateStore", "true"))),
            ("a.yaml", Resources.Component("due", "bindings.cron", ("schedule", "@every 1h"))),
            ("b.yaml", Resources.Component("never", "bindings.cron", ("schedule", "TZ=Europe/Berlin 0 0 29 2 *"))));
        Assert.Single(app.Host.Functions.Functions, function => function.Trigger.Type == "timerTrigger");

        // The first look only remembers where the schedules begin to count.
        Assert.Equal(TriggerOutcome.Succeeded, (await app.Host.FireTimerAsync("cron-minute", Token)).Outcome);
        Assert.Empty(app.App.Requests);
        Assert.NotNull(await RecordAsync(server, "never"));

        // Another instance finds what was recorded: thousands of ticks were missed since, which fire once.
        await RewindAsync(server, 40);
        await app.KillAsync();
        await app.StartAgainAsync();
        Assert.Equal(TriggerOutcome.Succeeded, (await app.Host.FireTimerAsync("cron-minute", Token)).Outcome);
        Assert.Equal(TriggerOutcome.Succeeded, (await app.Host.FireTimerAsync("cron-minute", Token)).Outcome);
        var call = Assert.Single(app.App.Requests);
        Assert.Equal(("/due", "41"), (call.Path, call.Header("Fencingtoken")));

        // The app is not there for as long as an invocation may last: the tick is not lost, and comes once.
        var rewound = await RewindAsync(server, 50);
        await app.App.StopAsync();
        var failed = await app.Host.FireTimerAsync("cron-minute", Token);
        Assert.Equal((TriggerOutcome.Failed, 500), (failed.Outcome, failed.Status));
        Assert.Contains(rewound, await RecordAsync(server, "due"), StringComparison.Ordinal);
        await app.App.StartAgainAsync();
        Assert.Equal(TriggerOutcome.Succeeded, (await app.Host.FireTimerAsync("cron-minute", Token)).Outcome);
        Assert.Equal(TriggerOutcome.Succeeded, (await app.Host.FireTimerAsync("cron-minute", Token)).Outcome);
        Assert.Equal(2, app.App.Requests.Count);
    }

    [Fact]
    public async Task Timer_AppDownOrRefusing_WaitsOrFails()
    {
        await using var app = await TriggeredApp.StartAsync(
            RecordingApp.Down(),
            TriggeredApp.Settings(null),
            ("a.yaml", Resources.Component("due", "bindings.cron", ("schedule", "TZ=Europe/Berlin * * * * *"))));
        var firing = app.Host.FireTimerAsync("cron-minute", Token);
        await app.WaitForStatusAsync("due", "did not answer");
        Assert.False(firing.IsCompleted);

        app.App.Script = (_, _) => Task.FromResult(new AppReply(503));
        await app.App.StartAgainAsync();

        var result = await firing;
        Assert.Equal((TriggerOutcome.Failed, 500), (result.Outcome, result.Status));
        Assert.Single(app.App.Requests);
    }

    private static async Task<string> RewindAsync(RedisServer server, int token)
    {
        var tick = DateTimeOffset.UnixEpoch.AddDays(20_000).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        await server.Cli.CallAsync(["HSET", await KeyAsync(server, "due"), "data", $$"""{"holder":null,"until":"0001-01-01T00:00:00.0000000+00:00","token":{{token}},"text":"{{tick}}"}"""], Token);
        return tick;
    }

    private static async Task<string?> RecordAsync(RedisServer server, string component) =>
        (await server.Cli.CallAsync(["HGET", await KeyAsync(server, component), "data"], Token)).Text;

    private static async Task<string> KeyAsync(RedisServer server, string component) =>
        (await server.Cli.CallAsync(["KEYS", $"dapr-leases||app.cron.{component}.*"], Token)).List.Single()!;
}
