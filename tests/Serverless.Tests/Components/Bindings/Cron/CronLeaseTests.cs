using Serverless.Backends.Processes;
using Serverless.Components.Bindings;
using Serverless.Tests.Components.Leases;
using Serverless.Tests.Components.Registry;
using Serverless.Tests.Components.State.Sqlite;

namespace Serverless.Tests.Components.Bindings.Cron;

/// <summary>Two instances of the app on one state store, each with a clock of its own. The shared timer asks them by hand.</summary>
public sealed class CronLeaseTests : IAsyncLifetime
{
    private const string EachMinute = "TZ=Europe/Berlin * * * * *";
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private readonly SqliteFolder _folder = new();
    private readonly ManualTimeProvider _clockA = new();
    private readonly ManualTimeProvider _clockB = new();
    private readonly List<IAsyncDisposable> _opened = [];
    private CronRig _a = null!;
    private CronRig _b = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => (_a, _b) = (await OpenAsync(_clockA), await OpenAsync(_clockB));

    public async ValueTask DisposeAsync()
    {
        foreach (var opened in Enumerable.Reverse(_opened))
        {
            await opened.DisposeAsync();
        }

        _folder.Dispose();
    }

    [Fact]
    public async Task FireDue_TwoInstances_OneFiresEachTick()
    {
        for (var minute = 1; minute <= 3; minute++)
        {
            Advance(Minute);
            var results = await Task.WhenAll(AskAsync(_a), AskAsync(_b));

            // A loser may have met the winner's lease; asked again it finds the tick fired.
            Assert.Single(results, result => result is not null);
            Assert.Null(await AskAsync(_a));
            Assert.Null(await AskAsync(_b));
            Assert.Equal(minute, _a.Fired.Count + _b.Fired.Count);
        }

        var tokens = _a.Fired.Concat(_b.Fired).OrderBy(fired => fired.At).Select(fired => long.Parse(fired.Metadata["fencingToken"], null)).ToArray();
        Assert.Equal(tokens.Order().Distinct(), tokens);
    }

    [Fact]
    public async Task FireDue_NothingAskedForAWhile_FiresOnceForWhatWasMissed()
    {
        Advance(Minute);
        Assert.NotNull(await AskAsync(_a));

        Advance(90 * Minute);

        Assert.NotNull(await AskAsync(_b));
        Assert.Null(await AskAsync(_a));
        Assert.Null(await AskAsync(_b));
    }

    [Fact]
    public async Task FireDue_NeverFiredAndNothingDue_BeginsToCount()
    {
        Assert.Null(await AskAsync(_a, _clockA.GetUtcNow()));
        Advance(10 * Minute);

        Assert.NotNull(await AskAsync(_b, _clockB.GetUtcNow()));
    }

    [Fact]
    public async Task FireDue_HolderSleepsThroughItsLease_AnotherFiresAndTheHolderCantRecord()
    {
        var asleep = new TaskCompletionSource<DeliveryResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        _a.Handler = (_, _) => new(asleep.Task);
        Advance(Minute);
        var paused = AskAsync(_a);
        await _a.FiredAsync(1);
        Assert.Null(await AskAsync(_b));

        _clockB.Advance(TimeSpan.FromSeconds(31));
        Assert.NotNull(await AskAsync(_b));
        _clockB.Advance(TimeSpan.FromSeconds(30));
        Assert.NotNull(await AskAsync(_b));
        asleep.SetResult(DeliveryResult.Delivered(default));
        await paused;

        // What the sleeper wrote last would be an older tick, which would be due again.
        Assert.Null(await AskAsync(_b));
        Assert.Equal(["1", "2", "3"], _a.Fired.Concat(_b.Fired).Select(fired => fired.Metadata["fencingToken"]));
    }

    [Fact]
    public async Task FireDue_DeliveryTakesLongerThanTheLease_ItIsRenewed()
    {
        var slow = new TaskCompletionSource<DeliveryResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        _a.Handler = (_, _) => new(slow.Task);
        Advance(Minute);
        var firing = AskAsync(_a);
        await _a.FiredAsync(1);

        for (var step = 0; step < 10; step++)
        {
            // Each step is a third of the lease, after which the lease is renewed and the next third begins.
            var third = TimeSpan.FromSeconds(10);
            Advance(third);
            Assert.True(await Eventually.TrueAsync(() => _clockA.NextTimer == _clockA.GetUtcNow() + third, TimeSpan.FromSeconds(20), Cancellation));
            Assert.Null(await AskAsync(_b));
        }

        slow.SetResult(DeliveryResult.Delivered(default));
        Assert.True((await firing)!.Value.IsDelivered);
        Assert.Empty(_b.Fired);
    }

    [Fact]
    public async Task FireDue_DeliveryCancelled_AnotherFiresAtOnce()
    {
        using var ending = new CancellationTokenSource();
        _a.Handler = async (_, token) =>
        {
            await ending.CancelAsync();
            token.ThrowIfCancellationRequested();
            return DeliveryResult.Delivered(default);
        };
        Advance(Minute);

        Assert.Null(await _a.Binding.FireDueAsync(_a.DeliverAsync, null, ending.Token));
        Assert.NotNull(await AskAsync(_b));
    }

    [Fact]
    public async Task FireDue_AppRefuses_TheTickIsOver()
    {
        _a.Handler = (_, _) => new(DeliveryResult.Refused("no"));
        Advance(Minute);

        Assert.Equal("no", (await AskAsync(_a))!.Value.Fault);
        Assert.Null(await AskAsync(_b));
    }

    [Fact]
    public async Task FireDue_LastTickFromAWrongClock_IsForgotten()
    {
        Advance(Minute);
        _clockA.Jump(TimeSpan.FromDays(1000));
        Assert.NotNull(await AskAsync(_a));

        Assert.Null(await AskAsync(_b));
        Advance(Minute);
        Assert.NotNull(await AskAsync(_b));
    }

    [Fact]
    public async Task FireDue_StoreIsMissing_IsAFault()
    {
        await using var instance = await LeaseRegistry.StartAsync(_clockA);
        await using var rig = CronRig.Create(instance, _clockA, EachMinute, ("leaseStore", "elsewhere"));

        var fault = await Assert.ThrowsAsync<BindingException>(() => AskAsync(rig));

        Assert.Equal("schedule tick: there is no state store elsewhere", fault.Message);
    }

    [Fact]
    public async Task Read_LeaseIsLostDuringTheDelivery_TheTickIsFiredAgainAtOnce()
    {
        var store = new ScriptedLeases();
        await using var rig = CronRig.Create(TestHost.Create(time: _clockA) with { Leases = store }, _clockA, "@every 1m");
        store.Renew = _ => ValueTask.FromResult(rig.Fired.Count > 1);
        rig.Handler = async (_, lost) =>
        {
            await (rig.Fired.Count == 1 ? Task.Delay(Timeout.InfiniteTimeSpan, _clockA, lost) : Task.CompletedTask);
            return DeliveryResult.Delivered(default);
        };
        rig.Start();
        await rig.PassAsync(Minute);
        await rig.FiredAsync(1);

        // A third of the lease until it is found lost; the next tick is a minute away.
        for (var second = 0; second < 15 && rig.Fired.Count < 2; second++)
        {
            _clockA.Advance(TimeSpan.FromSeconds(1));
            await rig.RestAsync();
        }

        Assert.Equal(2, rig.Fired.Count);
    }

    [Fact]
    public async Task Read_StoreCameLate_FiresWhenItIsThere()
    {
        await using var instance = await LeaseRegistry.StartAsync(_clockA);
        await using var rig = CronRig.Create(instance, _clockA, "* * * * * *", ("leaseStore", "statestore")).Start();
        await rig.RestAsync();
        instance.Set(LeaseRegistry.Store("state.in-memory"));
        Assert.True(await Eventually.TrueAsync(() => instance.Registry.Live.View.Components.Any(), TimeSpan.FromSeconds(10), Cancellation));

        for (var second = 0; second < 60 && rig.Fired.IsEmpty; second++)
        {
            _clockA.Advance(TimeSpan.FromSeconds(1));
            await rig.RestAsync();
        }

        await rig.FiredAsync(1);
        Assert.True(rig.Fired.First().Metadata.ContainsKey("fencingToken"));
    }

    private static Task<DeliveryResult?> AskAsync(CronRig rig, DateTimeOffset? lastAsked = null) =>
        rig.Binding.FireDueAsync(rig.DeliverAsync, lastAsked, Cancellation).AsTask();

    private void Advance(TimeSpan time)
    {
        _clockA.Advance(time);
        _clockB.Advance(time);
    }

    private async Task<CronRig> OpenAsync(ManualTimeProvider clock)
    {
        var instance = await LeaseRegistry.StartAsync(clock, LeaseRegistry.Store("state.sqlite", ("connectionString", _folder.File), ("actorStateStore", "true")));
        var rig = CronRig.Create(instance, clock, EachMinute);
        _opened.AddRange([instance, rig]);
        return rig;
    }
}
