using Serverless.Backends.Apps;
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
}
