using Microsoft.Extensions.Logging.Abstractions;
using Serverless.Components.Bindings;
using Serverless.Components.Registry;
using Serverless.Components.Registry.Live;
using Serverless.Components.Registry.Triggers;
using Serverless.Functions.Bindings;
using Serverless.Functions.Bindings.Triggers;
using Serverless.Functions.Triggers;
using Serverless.Tests.Components.Registry;

namespace Serverless.Tests.Functions.Bindings.Triggers;

/// <summary>The shared timer by a clock of the test's: the app is not there, the deadline 570 s.</summary>
public sealed class MinuteTimerTests : IAsyncLifetime
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(570);
    private readonly ManualTimeProvider _clock = new();
    private readonly ComponentRegistry _registry = TestRegistry.CreateEmpty();
    private readonly ScriptedSchedule _schedule = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        var definition = FakeComponents.Definition("tick", BindingServer.Type);
        _registry.Live.Update(live => live.Create(definition, new LiveComponent(definition, BindingServer.Component("tick", _schedule))));
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => _registry.DisposeAsync();

    [Fact]
    public async Task Timer_ThatIsEarly_WaitsForItsMinute()
    {
        _clock.Advance(TimeSpan.FromMilliseconds(59_400));

        var running = RunAsync();
        Assert.Equal(0, _schedule.Asked);
        _clock.Advance(TimeSpan.FromMilliseconds(599));
        Assert.Equal(0, _schedule.Asked);
        _clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Null(await running.WaitAsync(TimeSpan.FromSeconds(10), Token));
        Assert.Equal(1, _schedule.Asked);
    }

    [Fact]
    public async Task App_NotReachedInTime_EndsTheFiringSoThatTheTickStaysDue()
    {
        var isCancelled = false;
        _schedule.OnAsked = async (handler, cancellationToken) =>
        {
            try
            {
                return await handler(new BindingEvent(), cancellationToken);
            }
            catch (OperationCanceledException)
            {
                isCancelled = cancellationToken.IsCancellationRequested;
                return null;
            }
        };

        var running = RunAsync();
        var fault = await PassAsync(running, Deadline);

        Assert.Equal($"tick: not delivered within 570 s: {BindingDelivery.NoApp}", fault);
        Assert.True(isCancelled);
    }

    [Fact]
    public async Task Store_ThatHangs_IsLeftBeforeTheHostsLimit()
    {
        var never = new TaskCompletionSource<DeliveryResult?>();
        _schedule.OnAsked = (_, _) => new ValueTask<DeliveryResult?>(never.Task);

        var running = RunAsync();
        var fault = await PassAsync(running, TimeSpan.FromSeconds(590));

        Assert.Contains("does not answer", fault, StringComparison.Ordinal);
        never.SetResult(null);
    }

    private Task<string?> RunAsync()
    {
        var waits = new TriggerWaits("input binding", NullLogger.Instance);
        return new MinuteTimer(_registry, [], new(() => new BindingDelivery(null)), new TriggerPatience(waits, Deadline, _clock), _clock).RunAsync(new TriggerPayload { Metadata = new Dictionary<string, string>() }, Token);
    }

    // In steps, since what runs between them arms further timers.
    private async Task<string?> PassAsync(Task<string?> running, TimeSpan limit)
    {
        for (var passed = TimeSpan.Zero; passed < limit && !running.IsCompleted; passed += TimeSpan.FromSeconds(1))
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        return await running.WaitAsync(TimeSpan.FromSeconds(10), Token);
    }
}
