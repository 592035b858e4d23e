using System.Collections.Concurrent;
using Serverless.Backends.Processes;
using Serverless.Components.Bindings;
using Serverless.Components.Bindings.Cron;
using Serverless.Components.Registry;
using Serverless.Tests.Components.Leases;

namespace Serverless.Tests.Components.Bindings.Cron;

/// <summary>A cron component that runs by a clock of the test's.</summary>
internal sealed class CronRig : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private readonly CancellationTokenSource _stopping = new();
    private Task _reading = Task.CompletedTask;

    private CronRig(ComponentContext context, ManualTimeProvider clock)
    {
        (Binding, Clock) = (new CronBinding(context), clock);
        Handler = (read, _) => ValueTask.FromResult(DeliveryResult.Delivered(default));
    }

    public CronBinding Binding { get; }

    public ManualTimeProvider Clock { get; }

    /// <summary>What the app does.</summary>
    public BindingHandler Handler { get; set; }

    /// <summary>The times and the metadata of all events, in their order.</summary>
    public ConcurrentQueue<(DateTimeOffset At, IReadOnlyDictionary<string, string> Metadata)> Fired { get; } = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static ComponentContext Context(ComponentHost host, params (string Name, string Value)[] items) => new()
    {
        Name = "tick",
        Type = "bindings.cron",
        Version = "v1",
        Metadata = new ComponentMetadata("tick", items.Select(item => new MetadataValue(item.Name, item.Value))),
        Host = host,
    };

    public static CronRig Create(LeaseRegistry instance, ManualTimeProvider clock, string schedule, params (string Name, string Value)[] items) =>
        Create(instance.Host, clock, schedule, items);

    public static CronRig Create(ComponentHost host, ManualTimeProvider clock, string schedule, params (string Name, string Value)[] items) =>
        new(Context(host, [("schedule", schedule), .. items]), clock);

    public CronRig Start()
    {
        _reading = Binding.ReadAsync(DeliverAsync, _stopping.Token);
        return this;
    }

    /// <summary>Records an event and lets the app have it.</summary>
    public async ValueTask<DeliveryResult> DeliverAsync(BindingEvent read, CancellationToken cancellationToken)
    {
        Fired.Enqueue((Clock.GetUtcNow(), read.Metadata));
        return await Handler(read, cancellationToken);
    }

    /// <summary>Lets time pass when the reading waits for it, in steps that it can follow.</summary>
    public async Task PassAsync(TimeSpan time)
    {
        for (var end = Clock.GetUtcNow() + time; Clock.GetUtcNow() < end;)
        {
            await RestAsync();
            var next = Clock.NextTimer;
            Clock.Advance(next is { } at && at < end ? at - Clock.GetUtcNow() : end - Clock.GetUtcNow());
        }

        await RestAsync();
    }

    /// <summary>Waits until the reading waits.</summary>
    public async Task RestAsync()
    {
        // A wait that has just ended is not armed any more, and what follows it arms the next one.
        Assert.True(await Eventually.TrueAsync(() => Clock.NextTimer is { } at && at > Clock.GetUtcNow(), Limit, Cancellation));
    }

    public async Task FiredAsync(int count) =>
        Assert.True(await Eventually.TrueAsync(() => Fired.Count >= count, Limit, Cancellation), $"fired {Fired.Count} times instead of {count}");

    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await _reading.WaitAsync(Limit, Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await Binding.DisposeAsync();
        _stopping.Dispose();
    }
}
