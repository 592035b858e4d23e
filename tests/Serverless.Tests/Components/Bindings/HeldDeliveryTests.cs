using Serverless.Components.Bindings;

namespace Serverless.Tests.Components.Bindings;

public sealed class HeldDeliveryTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly RecordingHandler _handler = new();
    private readonly DateTimeOffset _start;

    public HeldDeliveryTests() => _start = _time.GetUtcNow();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private TimeSpan Elapsed => _time.GetUtcNow() - _start;

    [Fact]
    public async Task Renewal_WithoutAnAnswer_IsTriedAgainUntilTheTimeIsOver()
    {
        var renewals = 0;
        _handler.Script = HangAsync;
        var delivering = Delivery(TimeSpan.FromSeconds(5), () =>
        {
            renewals++;
            return HoldState.Unknown;
        }, Cancelled).RunAsync(_handler.HandleAsync, new BindingEvent(), Cancelled);

        await RunToTheEndAsync(delivering);

        Assert.Null(await delivering);
        Assert.Equal(5, renewals);
        Assert.Equal(TimeSpan.FromSeconds(10), Elapsed);
    }

    [Fact]
    public async Task Renewal_ThatSucceeds_GoesOnAndEndsWithTheDelivery()
    {
        var renewals = 0;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _handler.Script = async (_, _) =>
        {
            await done.Task;
            return DeliveryResult.Delivered(default);
        };
        var delivering = Delivery(TimeSpan.FromSeconds(5), () =>
        {
            if (++renewals == 4)
            {
                done.SetResult();
            }

            return HoldState.Held;
        }, Cancelled).RunAsync(_handler.HandleAsync, new BindingEvent(), Cancelled);

        await RunToTheEndAsync(delivering);

        Assert.True((await delivering)!.Value.IsDelivered);
        Assert.InRange(renewals, 4, 5);
    }

    [Fact]
    public async Task Renewal_Lost_EndsTheDeliveryAtOnce()
    {
        _handler.Script = HangAsync;
        var delivering = Delivery(TimeSpan.FromSeconds(5), () => HoldState.Lost, Cancelled).RunAsync(_handler.HandleAsync, new BindingEvent(), Cancelled);

        await RunToTheEndAsync(delivering);

        Assert.Null(await delivering);
        Assert.Equal(TimeSpan.FromSeconds(5), Elapsed);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Renewal_UnderWayAtTheEnd_IsWaitedForOnlyWhereSettlingNeedsIt(bool isNeeded)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var renewed = new TaskCompletionSource<HoldState>(TaskCreationOptions.RunContinuationsAsynchronously);
        _handler.Script = async (_, _) =>
        {
            await done.Task;
            return DeliveryResult.Delivered(default);
        };
        var delivery = Delivery(TimeSpan.FromSeconds(5), () => HoldState.Held, Cancelled, isNeeded, async token =>
        {
            done.SetResult();
            await using var cut = token.UnsafeRegister(_ => renewed.TrySetResult(HoldState.Lost), null);
            return await renewed.Task;
        });
        var delivering = delivery.RunAsync(_handler.HandleAsync, new BindingEvent(), Cancelled);

        await RecordingHandler.UntilAsync("the renewal's time", () => _time.NextTimer is not null);
        _time.Advance(TimeSpan.FromSeconds(5));
        await done.Task.WaitAsync(TimeSpan.FromSeconds(15), Cancelled);
        if (isNeeded)
        {
            await RecordingHandler.UntilAsync("the end of the handler", () => _handler.Now == 0);
            Assert.False(delivering.IsCompleted);
            renewed.SetResult(HoldState.Held);
        }

        Assert.True((await delivering.WaitAsync(TimeSpan.FromSeconds(15), Cancelled))!.Value.IsDelivered);
        Assert.Equal(isNeeded ? HoldState.Held : HoldState.Lost, await renewed.Task);
    }

    [Fact]
    public async Task App_NeverReached_IsGivenUpAfterMinutes()
    {
        _handler.Script = (_, _) => ValueTask.FromResult(DeliveryResult.Unreachable("down"));
        var delivering = Delivery(Timeout.InfiniteTimeSpan, () => HoldState.Held, Cancelled).RunAsync(_handler.HandleAsync, new BindingEvent(), Cancelled);

        await RunToTheEndAsync(delivering);

        Assert.Equal(DeliveryOutcome.Unreachable, (await delivering)!.Value.Outcome);
        Assert.InRange(Elapsed, TimeSpan.FromMinutes(4.8), TimeSpan.FromMinutes(5));
        Assert.InRange(_handler.Events.Count, 30, 40);
    }

    [Fact]
    public async Task App_NotReachedAndToldToStop_IsGivenUpAtOnce()
    {
        using var stopping = new CancellationTokenSource();
        _handler.Script = (_, _) => ValueTask.FromResult(DeliveryResult.Unreachable("down"));
        var delivering = Delivery(Timeout.InfiniteTimeSpan, () => HoldState.Held, stopping.Token).RunAsync(_handler.HandleAsync, new BindingEvent(), Cancelled);
        await _handler.WaitAsync(1);

        await stopping.CancelAsync();

        Assert.Equal(DeliveryOutcome.Unreachable, (await delivering)!.Value.Outcome);
        Assert.Equal(TimeSpan.Zero, Elapsed);
    }

    private HeldDelivery Delivery(
        TimeSpan interval, Func<HoldState> renew, CancellationToken stopping, bool isSettledByRenewal = true, Func<CancellationToken, Task<HoldState>>? slowRenew = null) => new()
    {
        Hold = TimeSpan.FromSeconds(10),
        Interval = interval,
        Renew = slowRenew ?? (_ => Task.FromResult(renew())),
        IsSettledByRenewal = isSettledByRenewal,
        Stopping = stopping,
        Time = _time,
    };

    private static async ValueTask<DeliveryResult> HangAsync(BindingEvent read, CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        return DeliveryResult.Delivered(default);
    }

    private Task RunToTheEndAsync(Task delivering) => RecordingHandler.UntilAsync("the end", () =>
    {
        if (_time.NextTimer is { } next && !delivering.IsCompleted)
        {
            _time.Advance(next - _time.GetUtcNow());
        }

        return delivering.IsCompleted;
    });
}
