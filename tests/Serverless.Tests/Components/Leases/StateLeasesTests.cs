using Serverless.Backends.Processes;
using Serverless.Components.Registry.Leases;

namespace Serverless.Tests.Components.Leases;

/// <summary>Which state store keeps the leases.</summary>
public sealed class StateLeasesTests
{
    private const string Marked = "actorStateStore";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task FindDefault_IsTheStoreOfActors()
    {
        await using var instance = await LeaseRegistry.StartAsync(
            new ManualTimeProvider(),
            LeaseRegistry.Store("plain", "state.in-memory", []),
            LeaseRegistry.Store("marked", "state.in-memory", [(Marked, "true")]));

        var taken = await instance.Leases.FindDefault()!.TryTakeAsync("x", Guid.NewGuid(), TimeSpan.FromSeconds(1), Cancellation);

        Assert.NotNull(taken);
        Assert.NotNull(await instance.Leases.Named("marked").ReadAsync("x", Cancellation));
        Assert.Null(await instance.Leases.Named("plain").ReadAsync("x", Cancellation));
    }

    [Fact]
    public async Task FindDefault_NoneMarked_IsNull()
    {
        await using var instance = await LeaseRegistry.StartAsync(new ManualTimeProvider(), LeaseRegistry.Store("state.in-memory"));

        Assert.Null(instance.Leases.FindDefault());
    }

    [Fact]
    public async Task Named_StoreThatComesLater_IsFoundThen()
    {
        await using var instance = await LeaseRegistry.StartAsync(new ManualTimeProvider());
        var store = instance.Leases.Named("statestore");
        var fault = await Assert.ThrowsAsync<LeaseException>(async () => await store.ReadAsync("x", Cancellation));
        Assert.Equal("there is no state store statestore", fault.Message);

        instance.Set(LeaseRegistry.Store("state.in-memory"));

        Assert.True(await Eventually.TrueAsync(() => instance.Registry.Live.View.Components.Any(), TimeSpan.FromSeconds(10), Cancellation));
        Assert.Null(await store.ReadAsync("x", Cancellation));
    }
}
