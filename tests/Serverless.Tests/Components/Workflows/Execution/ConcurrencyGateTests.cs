using Serverless.Components.Workflows.Execution;

namespace Serverless.Tests.Components.Workflows.Execution;

public sealed class ConcurrencyGateTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Enter_WhenFull_WaitsForAPlaceInOrder()
    {
        var gate = Gate(1);
        await gate.EnterAsync("a", Cancellation);
        var second = gate.EnterAsync("a", Cancellation).AsTask();
        var third = gate.EnterAsync("b", Cancellation).AsTask();
        Assert.False(second.IsCompleted);
        gate.Exit("a");
        await second;
        Assert.False(third.IsCompleted);
        gate.Exit("a");
        await third;
    }

    [Fact]
    public async Task Enter_OfANameAtItsLimit_HoldsUpNoOther()
    {
        var gate = Gate(0, ("a", 1));
        await gate.EnterAsync("a", Cancellation);
        var waiting = gate.EnterAsync("a", Cancellation).AsTask();
        var other = gate.EnterAsync("b", Cancellation).AsTask();
        Assert.True(other.IsCompletedSuccessfully);
        Assert.True(gate.IsCrowded("a"));
        Assert.False(gate.IsCrowded("b"));
        gate.Exit("b");
        Assert.False(waiting.IsCompleted);
        gate.Exit("a");
        await waiting;
    }

    [Fact]
    public async Task Enter_Cancelled_TakesNoPlace()
    {
        var gate = Gate(1);
        await gate.EnterAsync("a", Cancellation);
        using var cancelling = new CancellationTokenSource();
        var given = gate.EnterAsync("a", cancelling.Token).AsTask();
        var next = gate.EnterAsync("a", Cancellation).AsTask();
        await cancelling.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
        gate.Exit("a");
        await next;
    }

    [Fact]
    public async Task Limits_Raised_LetMoreInWithTheNextExit()
    {
        var limit = 1;
        var gate = new ConcurrencyGate(() => new ConcurrencyLimits(limit, new Dictionary<string, int>()));
        await gate.EnterAsync("a", Cancellation);
        var waiting = Enumerable.Range(0, 3).Select(_ => gate.EnterAsync("a", Cancellation).AsTask()).ToList();
        limit = 3;
        gate.Exit("a");
        await Task.WhenAll(waiting);
    }

    private static ConcurrencyGate Gate(int total, params (string Name, int Limit)[] names) =>
        new(() => new ConcurrencyLimits(total, names.ToDictionary(name => name.Name, name => name.Limit)));
}
