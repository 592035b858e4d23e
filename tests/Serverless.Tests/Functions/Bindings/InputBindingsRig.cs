using Serverless.Backends.Apps;
using Serverless.Backends.Processes;
using Serverless.Components.Registry;
using Serverless.Components.Registry.Live;
using Serverless.Functions.AppChannels;
using Serverless.Functions.Bindings;
using Serverless.Functions.Hosting;
using Serverless.Tests.Functions.Http;

namespace Serverless.Tests.Functions.Bindings;

/// <summary>The readings of a process with an app, by a clock of the test's. Its component is called <c>queue</c>.</summary>
internal sealed class InputBindingsRig : IAsyncDisposable
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1000);
    private readonly ManualTimeProvider _time = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly AppChannel _channel;
    private readonly AppHealth _health;
    private volatile int _appStatus = 200;
    private volatile int _optionsStatus = 200;

    private InputBindingsRig(RecordingApp app)
    {
        App = app;
        app.Script = (request, _) => Task.FromResult(new AppReply(request.Method == "OPTIONS" ? _optionsStatus : request.Method == "GET" ? _appStatus : 200));
        var options = new RuntimeOptions { AppPort = app.Port, AppHealthCheck = true, AppHealthProbeInterval = Interval, AppHealthProbeTimeout = Limit, AppHealthThreshold = 2 };
        _channel = AppChannel.Create(options)!;
        _health = new AppHealth(_channel, options, _time, Log);
        Inputs = new InputBindings(_health, new BindingDiscovery(_channel, TimeSpan.FromSeconds(3)), new BindingDelivery(_channel), _time, Log);
        _ = _health.RunAsync(_stop.Token);
    }

    public RecordingApp App { get; }

    public InputBindings Inputs { get; }

    public LogCapture Log { get; } = new();

    /// <summary>What the app answers when it is asked whether it wants the events.</summary>
    public int OptionsStatus
    {
        get => _optionsStatus;
        set => _optionsStatus = value;
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<InputBindingsRig> CreateAsync() => new(await RecordingApp.StartAsync());

    public static LiveComponent Live(IComponent binding) => new(FakeComponents.Definition("queue", BindingServer.Type), BindingServer.Component("queue", binding));

    public static Task RunningAsync(ScriptedInput input, int count) =>
        Eventually.MustAsync($"{count} readings", () => Task.FromResult(input.Running == count), Limit, Cancel);

    public async Task StartAsync(ScriptedInput input)
    {
        await Inputs.ActivateAsync(Live(input), Cancel);
        Inputs.Start();
    }

    public async Task StartedAsync()
    {
        await HealthyAsync();
        Inputs.Start();
    }

    /// <summary>Activates; the second that a beginning is watched passes on the clock of the test.</summary>
    public async Task ActivateAsync(LiveComponent live)
    {
        var activation = Inputs.ActivateAsync(live, Cancel);
        await Eventually.MustAsync("active", () =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return Task.FromResult(activation.IsCompleted);
        }, Limit, Cancel);
        await activation;
    }

    public Task LoggedAsync(string beginning) =>
        Eventually.MustAsync(beginning, () => Task.FromResult(Log.Messages.Any(line => line.StartsWith(beginning, StringComparison.Ordinal))), Limit, Cancel);

    /// <summary>Waits until something fires in exactly that time, and lets it.</summary>
    public async Task AdvanceToAsync(TimeSpan distance)
    {
        var due = _time.GetUtcNow() + distance;
        await Eventually.MustAsync($"a timer in {distance}", () => Task.FromResult(_time.NextTimer == due), Limit, Cancel);
        _time.Advance(distance);
    }

    public Task HealthyAsync() => _health.WhenHealthyAsync(Cancel);

    public async Task MakeUnhealthyAsync()
    {
        await HealthyAsync();
        await ProbeAsync(500);
        await ProbeAsync(500);
    }

    /// <summary>Has the app answer a probe so.</summary>
    public async Task ProbeAsync(int status)
    {
        _appStatus = status;
        await Eventually.MustAsync("the probe before has ended", () => Task.FromResult(_health.Probes > 0), Limit, Cancel);
        var before = _health.Probes;
        _time.Advance(Interval);
        await Eventually.MustAsync("a probe", () => Task.FromResult(_health.Probes > before), Limit, Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await Inputs.StopAsync(CancellationToken.None).WaitAsync(Limit, TimeProvider.System, CancellationToken.None);
        Inputs.Dispose();
        await _stop.CancelAsync();
        _health.Dispose();
        _channel.Dispose();
        _stop.Dispose();
        await App.DisposeAsync();
    }
}
