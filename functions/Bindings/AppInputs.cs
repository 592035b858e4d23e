using Serverless.Components.Registry;
using Serverless.Components.Registry.Live;
using Serverless.Functions.AppChannels;
using Serverless.Functions.Hosting;

namespace Serverless.Functions.Bindings;

/// <summary>What a standalone process with an app runs in the background: the watch over the app's health, and the input bindings.</summary>
internal sealed class AppInputs : IAsyncDisposable
{
    private readonly CancellationTokenSource _ending = new();
    private readonly InputBindings _bindings;
    private Task[] _watch = [];

    private AppInputs(AppChannel channel, RuntimeOptions options, ComponentRegistry registry, TimeProvider time, ILoggerFactory loggers)
    {
        Health = new AppHealth(channel, options, time, loggers);
        Delivery = new BindingDelivery(channel)
        {
            Logger = loggers.CreateLogger("dapr.runtime.bindings"),
            Replies = new AppReplies(registry, loggers),
        };
        _bindings = new InputBindings(Health, new BindingDiscovery(channel, options.AppBindingOptionsTimeout), Delivery, time, loggers);
    }

    /// <summary>The app's health.</summary>
    public AppHealth Health { get; }

    /// <summary>The way of events to the app.</summary>
    public BindingDelivery Delivery { get; }

    /// <summary>Prepares it; null without an app, and behind the Functions host, where nothing runs between requests.</summary>
    public static AppInputs? Create(Lazy<AppChannel?> app, RuntimeOptions options, ComponentRegistry registry, TimeProvider time, ILoggerFactory loggers) =>
        !options.UnderHost && AppAddress.Find(options) is not null ? Build(app, options, registry, time, loggers) : null;

    /// <summary>A component went live; see <see cref="InputBindings.ActivateAsync"/>.</summary>
    public Task ActivateAsync(LiveComponent live, CancellationToken cancellationToken) => _bindings.ActivateAsync(live, cancellationToken);

    /// <summary>A component goes; see <see cref="InputBindings.DeactivateAsync"/>.</summary>
    public Task DeactivateAsync(LiveComponent live) => _bindings.DeactivateAsync(live);

    /// <summary>Begins to watch the app and to read, and tells once the app was healthy for the first time.</summary>
    public void Start(Action ready)
    {
        _watch = [Health.RunAsync(_ending.Token), TellAsync(ready)];
        _bindings.Start();
    }

    /// <summary>Takes no events from now on, and waits for the deliveries under way; at <paramref name="cut"/> they are cancelled.</summary>
    public Task StopAsync(CancellationToken cut) => _bindings.StopAsync(cut);

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await StopAsync(now.Token);
        await _ending.CancelAsync();
        await Task.WhenAll(_watch).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _bindings.Dispose();
        Health.Dispose();
        _ending.Dispose();
    }

    // Apart, so that a process without an app loads nothing of it.
    private static AppInputs? Build(Lazy<AppChannel?> app, RuntimeOptions options, ComponentRegistry registry, TimeProvider time, ILoggerFactory loggers) =>
        app.Value is { } channel ? new AppInputs(channel, options, registry, time, loggers) : null;

    private async Task TellAsync(Action ready)
    {
        await Health.WhenHealthyAsync(_ending.Token);
        ready();
    }
}
