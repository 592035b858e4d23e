using Serverless.Components.Registry.Leases;

namespace Serverless.Tests.Components.Leases;

/// <summary>What every place for leases must do; one subclass per place. Two instances of the app share the place.</summary>
public abstract class LeaseStoreContract : IAsyncLifetime
{
    private static int _names;
    private readonly string _name = $"cron.tick.{Interlocked.Increment(ref _names)}";
    private readonly Guid _here = Guid.NewGuid();
    private readonly Guid _there = Guid.NewGuid();

    private protected static TimeSpan Duration { get; } = TimeSpan.FromSeconds(15);

    private protected string Name => _name;

    private protected Guid Holder => _here;

    private protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private protected ILeaseStore Here { get; private set; } = null!;

    private protected ILeaseStore There { get; private set; } = null!;

    public virtual async ValueTask InitializeAsync() => (Here, There) = (await OpenAsync(), await OpenAsync());

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Take_Free_GivesAToken()
    {
        Assert.Null(await Here.ReadAsync(_name, Cancellation));

        var grant = await Here.TryTakeAsync(_name, _here, Duration, Cancellation);

        Assert.Equal(new LeaseGrant(_name, _here, 1, Duration, ""), grant);
        Assert.Null(await There.TryTakeAsync(_name, _there, Duration, Cancellation));
        var state = await There.ReadAsync(_name, Cancellation);
        Assert.Equal(("", 1L), (state!.Text, state.Token));
        Assert.NotNull(state.HeldUntil);
    }

    [Fact]
    public async Task Release_WithText_LetsTheNextOneReadIt()
    {
        var first = await TakeAsync(Here, _here);

        Assert.True(await Here.TryReleaseAsync(first, "tick 1 ü", Cancellation));

        Assert.Equal(new LeaseState("tick 1 ü", 1, null), await There.ReadAsync(_name, Cancellation));
        Assert.Equal(new LeaseGrant(_name, _there, 2, Duration, "tick 1 ü"), await TakeAsync(There, _there));
    }

    [Fact]
    public async Task Release_WithoutText_KeepsWhatWasWritten()
    {
        Assert.True(await Here.TryReleaseAsync(await TakeAsync(Here, _here), "tick", Cancellation));
        Assert.True(await There.TryReleaseAsync(await TakeAsync(There, _there), null, Cancellation));

        Assert.Equal(new LeaseState("tick", 2, null), await Here.ReadAsync(_name, Cancellation));
    }

    [Fact]
    public async Task Release_AskedAgain_SaysTheSame()
    {
        var grant = await TakeAsync(Here, _here);

        Assert.True(await Here.TryReleaseAsync(grant, "tick", Cancellation));
        Assert.True(await Here.TryReleaseAsync(grant, "tick", Cancellation));
        Assert.False(await Here.TryReleaseAsync(grant, "another", Cancellation));
        Assert.Equal(new LeaseState("tick", 1, null), await There.ReadAsync(_name, Cancellation));
    }

    [Fact]
    public async Task Renew_WhileHeld_IsTrue()
    {
        var grant = await TakeAsync(Here, _here);

        Assert.True(await Here.TryRenewAsync(grant, Cancellation));
        Assert.Null(await There.TryTakeAsync(_name, _there, Duration, Cancellation));
        Assert.True(await Here.TryReleaseAsync(grant, null, Cancellation));
        Assert.False(await Here.TryRenewAsync(grant, Cancellation));
    }

    [Fact]
    public async Task Take_BySameHolder_GivesANewToken()
    {
        await TakeAsync(Here, _here);

        Assert.Equal(2, (await TakeAsync(Here, _here)).Token);
    }

    [Fact]
    public async Task Lease_ThatEndedAndWasTaken_FencesTheEarlierHolder()
    {
        var early = await TakeAsync(Here, _here);
        await EndAsync(_name);

        var late = await TakeAsync(There, _there);

        Assert.Equal(2, late.Token);
        Assert.False(await Here.TryRenewAsync(early, Cancellation));
        Assert.False(await Here.TryReleaseAsync(early, "too late", Cancellation));
        Assert.True(await There.TryReleaseAsync(late, "in time", Cancellation));
        Assert.False(await Here.TryReleaseAsync(early, "too late", Cancellation));
        Assert.Equal(new LeaseState("in time", 2, null), await Here.ReadAsync(_name, Cancellation));
    }

    [Fact]
    public async Task Take_ByMany_OneGetsIt()
    {
        for (var round = 1; round <= 3; round++)
        {
            var takes = await Task.WhenAll(Enumerable.Range(0, 8).Select(index =>
                (index % 2 == 0 ? Here : There).TryTakeAsync(_name, Guid.NewGuid(), Duration, Cancellation).AsTask()));

            var grant = Assert.Single(takes, take => take is not null)!;
            Assert.Equal(round, grant.Token);
            Assert.True(await Here.TryReleaseAsync(grant, null, Cancellation));
        }
    }

    private protected abstract Task<ILeaseStore> OpenAsync();

    /// <summary>Lets a lease's time run out.</summary>
    private protected abstract Task EndAsync(string name);

    private protected async Task<LeaseGrant> TakeAsync(ILeaseStore store, Guid holder) =>
        await store.TryTakeAsync(_name, holder, Duration, Cancellation) ?? throw new InvalidOperationException("another has it");
}
