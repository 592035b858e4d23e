using Serverless.Backends.Processes;
using Serverless.Components.Registry.Leases;

namespace Serverless.Tests.Components.Leases;

/// <summary>When a lease counts as lost; it lasts 30 seconds.</summary>
public sealed class HeldLeaseTests
{
    private static readonly TimeSpan Third = TimeSpan.FromSeconds(10);
    private readonly ManualTimeProvider _clock = new();
    private readonly ScriptedLeases _store = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Renew_EachThird_KeepsIt()
    {
        await using var held = await TakeAsync();

        for (var third = 1; third <= 9; third++)
        {
            _clock.Advance(Third);
            await RenewedAsync(third, Third);
        }

        Assert.False(held.Lost.IsCancellationRequested);
        Assert.True(await held.TryReleaseAsync("done", Cancellation));
        Assert.False(held.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task Renew_AnotherHasIt_IsLostAtOnce()
    {
        _store.Renew = _ => ValueTask.FromResult(false);
        await using var held = await TakeAsync();

        _clock.Advance(Third);

        await LostAsync(held);
    }

    [Fact]
    public async Task Renew_StoreFails_IsLostBeforeItEnds()
    {
        _store.Renew = _ => throw new LeaseException("down");
        await using var held = await TakeAsync();
        _clock.Advance(Third);
        await RenewedAsync(1, Third);
        _clock.Advance(Third);
        await RenewedAsync(2, TimeSpan.FromSeconds(7));
        Assert.False(held.Lost.IsCancellationRequested);

        _clock.Advance(TimeSpan.FromSeconds(7));

        await LostAsync(held);
    }

    [Fact]
    public async Task Renew_StoreHangs_IsLostBeforeItEnds()
    {
        _store.Renew = async token =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
            return true;
        };
        await using var held = await TakeAsync();
        _clock.Advance(Third);
        await RenewedAsync(1, TimeSpan.FromSeconds(17));

        _clock.Advance(TimeSpan.FromSeconds(17));

        await LostAsync(held);
        Assert.Equal(1, _store.Renewals);
    }

    private async Task<HeldLease> TakeAsync() => (await HeldLease.TryTakeAsync(_store, "x", Guid.NewGuid(), 3 * Third, _clock, Cancellation))!;

    private async Task RenewedAsync(int times, TimeSpan next)
    {
        await Eventually.MustAsync($"{times} renewals", () => Task.FromResult(_store.Renewals == times), TimeSpan.FromSeconds(20), Cancellation);
        await Eventually.MustAsync($"a timer of {next}", () => Task.FromResult(_clock.NextTimer - _clock.GetUtcNow() == next), TimeSpan.FromSeconds(20), Cancellation);
    }

    private static Task LostAsync(HeldLease held) =>
        Eventually.MustAsync("the lease is lost", () => Task.FromResult(held.Lost.IsCancellationRequested), TimeSpan.FromSeconds(20), Cancellation);
}
