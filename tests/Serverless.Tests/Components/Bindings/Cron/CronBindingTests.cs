using System.Text.RegularExpressions;
using Serverless.Components.Bindings;
using Serverless.Components.Bindings.Cron;
using Serverless.Components.Registry;
using Serverless.Components.Registry.Triggers;
using Serverless.Tests.Components.Leases;
using Serverless.Tests.Components.Registry;

namespace Serverless.Tests.Components.Bindings.Cron;

/// <summary>The component without a lease store, by the test's clock, which begins at 12:00:00.</summary>
public sealed class CronBindingTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private readonly ManualTimeProvider _clock = new();

    [Theory]
    [InlineData("schedule not set", "")]
    [InlineData("invalid schedule format '61 * * * *': minute: end of range (61) above maximum (59): 61", "61 * * * *")]
    [InlineData("invalid schedule format '@never': unrecognized descriptor: @never", "@never")]
    public void Create_NoSchedule_SaysSo(string fault, string schedule)
    {
        var context = CronRig.Context(TestHost.Create(), ("Schedule", schedule));

        Assert.Equal($"component 'tick': {fault}", Assert.Throws<ComponentException>(() => new CronBinding(context)).Message);
    }

    [Theory]
    [InlineData("leaseDuration", "0", "'leaseDuration': expected whole seconds from 1 to 60")]
    [InlineData("leaseDuration", "1500ms", "'leaseDuration': expected whole seconds from 1 to 60")]
    [InlineData("leaseContainer", "c", "'accountName': expected a value (it is required); metadata 'leaseContainer': expected a usable name")]
    public void Create_UnusableLease_SaysSo(string name, string value, string fault)
    {
        var context = CronRig.Context(TestHost.Create(), ("schedule", "@daily"), (name, value));

        Assert.Contains(fault, Assert.Throws<ComponentException>(() => new CronBinding(context)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_NoLeaseStore_FiresEachTickWithDaprsMetadata()
    {
        await using var instance = await LeaseRegistry.StartAsync(_clock);
        await using var rig = CronRig.Create(instance, _clock, "*/2 * * * *").Start();

        await rig.PassAsync(5 * Minute);
        await rig.FiredAsync(2);

        Assert.Equal(["12:02:00", "12:04:00"], rig.Fired.Select(fired => fired.At.ToString("HH:mm:ss", null)));
        var metadata = rig.Fired.First().Metadata;
        Assert.Equal("Local", metadata["timeZone"]);
        Assert.Equal("2026-03-01 12:02:00 +0000 UTC", metadata["readTimeUTC"]);
        Assert.Equal(2, metadata.Count);
    }

    [Fact]
    public async Task Read_ZoneInTheSchedule_IsToldAndCounts()
    {
        await using var instance = await LeaseRegistry.StartAsync(_clock);
        await using var rig = CronRig.Create(instance, _clock, "TZ=Asia/Kolkata 0 18 * * *").Start();

        await rig.PassAsync(45 * Minute);
        await rig.FiredAsync(1);

        Assert.Equal("12:30:00", Assert.Single(rig.Fired).At.ToString("HH:mm:ss", null));
        Assert.Equal("Asia/Kolkata", rig.Fired.Single().Metadata["timeZone"]);
    }

    [Fact]
    public async Task Read_AppBusyOrRefusing_NextTickComesAllTheSame()
    {
        var busy = new TaskCompletionSource<DeliveryResult>();
        await using var instance = await LeaseRegistry.StartAsync(_clock);
        await using var rig = CronRig.Create(instance, _clock, "@every 1m");
        rig.Handler = (_, _) => new(busy.Task);
        rig.Start();

        await rig.PassAsync(3 * Minute);
        await rig.FiredAsync(3);
        var stop = rig.StopAsync();

        Assert.False(stop.IsCompleted);
        busy.SetResult(DeliveryResult.Refused("no"));
        await stop;
    }

    [Fact]
    public async Task Read_AppNeverAnswers_TicksDoNotPileUp()
    {
        var busy = new TaskCompletionSource<DeliveryResult>();
        await using var instance = await LeaseRegistry.StartAsync(_clock);
        await using var rig = CronRig.Create(instance, _clock, "@every 1s");
        rig.Handler = (_, _) => new(busy.Task);
        rig.Start();

        await rig.PassAsync(TimeSpan.FromSeconds(70));
        Assert.Equal(60, rig.Fired.Count);

        busy.SetResult(DeliveryResult.Delivered(default));
        await rig.PassAsync(TimeSpan.FromSeconds(2));
        Assert.Equal(62, rig.Fired.Count);
    }

    [Fact]
    public async Task Read_MachineSlept_FiresOnceForAllThatWasMissed()
    {
        await using var instance = await LeaseRegistry.StartAsync(_clock);
        await using var rig = CronRig.Create(instance, _clock, "* * * * *").Start();

        await rig.RestAsync();
        _clock.Jump(TimeSpan.FromMinutes(30.5));
        await rig.PassAsync(TimeSpan.FromSeconds(12));
        await rig.FiredAsync(1);

        Assert.Single(rig.Fired);
        await rig.PassAsync(Minute);
        await rig.FiredAsync(2);
        Assert.Equal("12:31:00", rig.Fired.Last().At.ToString("HH:mm:ss", null));
    }

    [Fact]
    public async Task Read_ClockIsSetBack_GoesOnByTheNewTime()
    {
        await using var instance = await LeaseRegistry.StartAsync(_clock);
        await using var rig = CronRig.Create(instance, _clock, "* * * * *").Start();
        await rig.PassAsync(Minute);
        await rig.FiredAsync(1);

        _clock.Jump(TimeSpan.FromHours(-1));
        await rig.PassAsync(TimeSpan.FromSeconds(70));
        await rig.FiredAsync(2);

        Assert.Equal("11:02:00", rig.Fired.Last().At.ToString("HH:mm:ss", null));
    }

    [Fact]
    public async Task Read_ClockIsSetBackALittle_FiresNoTickTwice()
    {
        await using var instance = await LeaseRegistry.StartAsync(_clock);
        await using var rig = CronRig.Create(instance, _clock, "* * * * *").Start();
        await rig.PassAsync(Minute);
        await rig.FiredAsync(1);

        _clock.Jump(TimeSpan.FromSeconds(-5));
        await rig.PassAsync(TimeSpan.FromSeconds(30));

        Assert.Single(rig.Fired);
    }

    [Fact]
    public void Trigger_PlainSchedule_IsATimerOfTheHost()
    {
        var plain = new CronBinding(CronRig.Context(TestHost.Create(time: _clock), ("schedule", "30 9 * * Mon-Fri")));
        var zoned = new CronBinding(CronRig.Context(TestHost.Create(time: _clock), ("schedule", "TZ=Europe/Berlin 30 9 * * Mon-Fri")));

        Assert.Equal("0 30 9 * * 1-5", plain.TimerSchedule);
        Assert.Equal("0 30 9 * * 1-5", plain.TriggerFields["schedule"]);
        Assert.Null(zoned.TimerSchedule);
        Assert.Empty(zoned.TriggerFields);
        var read = plain.FromTrigger(new TriggerPayload { Metadata = new Dictionary<string, string>() });
        Assert.True(read.Data.IsEmpty);
        Assert.Matches(new Regex(@"^2026-03-01 12:00:00 \+0000 UTC$"), read.Metadata["readTimeUTC"]);
    }

    [Fact]
    public async Task FireDue_NoLeaseStore_GoesByTheTimerBefore()
    {
        await using var instance = await LeaseRegistry.StartAsync(_clock);
        await using var rig = CronRig.Create(instance, _clock, "@every 2m");
        var now = _clock.GetUtcNow();

        Assert.Null(await rig.Binding.FireDueAsync(rig.DeliverAsync, now - Minute, TestContext.Current.CancellationToken));
        _clock.Advance(3 * Minute);
        Assert.True((await rig.Binding.FireDueAsync(rig.DeliverAsync, now, TestContext.Current.CancellationToken))!.Value.IsDelivered);
        Assert.Null(await rig.Binding.FireDueAsync(rig.DeliverAsync, now, TestContext.Current.CancellationToken));
    }
}
