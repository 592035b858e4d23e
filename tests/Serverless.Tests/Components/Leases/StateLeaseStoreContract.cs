using Serverless.Components.Registry.Leases;

namespace Serverless.Tests.Components.Leases;

/// <summary>Leases in a state store, whose ends the test's clock decides.</summary>
public abstract class StateLeaseStoreContract : LeaseStoreContract
{
    private readonly ManualTimeProvider _clock = new();
    private readonly List<LeaseRegistry> _instances = [];

    /// <summary>The document of the store.</summary>
    private protected abstract string Document { get; }

    public override async ValueTask DisposeAsync()
    {
        foreach (var instance in _instances)
        {
            await instance.DisposeAsync();
        }

        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Lease_ThatEndedAndNobodyTook_IsStillTheHolders()
    {
        var grant = await TakeAsync(Here, Holder);
        await EndAsync(Name);

        Assert.Null((await There.ReadAsync(Name, Cancellation))!.HeldUntil);
        Assert.True(await Here.TryReleaseAsync(grant, "late", Cancellation));
        Assert.Equal("late", (await There.ReadAsync(Name, Cancellation))!.Text);
    }

    private protected override async Task<ILeaseStore> OpenAsync()
    {
        _instances.Add(await LeaseRegistry.StartAsync(_clock, Document));
        return _instances[^1].Leases.Named("statestore");
    }

    private protected override Task EndAsync(string name)
    {
        _clock.Advance(Duration);
        return Task.CompletedTask;
    }
}
