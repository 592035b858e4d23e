using System.Text;
using Serverless.Backends.Apps;
using Serverless.Backends.Processes;
using Serverless.Components.Bindings;
using Serverless.Components.Registry;
using Serverless.Components.Registry.Live;
using Serverless.Components.Registry.Resources;
using Serverless.Functions.AppChannels;
using Serverless.Functions.Bindings;
using Serverless.Functions.Hosting;
using Serverless.Tests.Functions.Http;

namespace Serverless.Tests.Functions.Bindings;

public sealed class InputBindingsTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1000);
    private readonly ManualTimeProvider _time = new();
    private readonly LogCapture _log = new();
    private readonly CancellationTokenSource _stop = new();
    private RecordingApp _app = null!;
    private AppChannel _channel = null!;
    private AppHealth _health = null!;
    private InputBindings _inputs = null!;
    private volatile int _appStatus = 200;
    private volatile int _optionsStatus = 200;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _app = await RecordingApp.StartAsync();
        _app.Script = (request, _) => Task.FromResult(new AppReply(request.Method == "OPTIONS" ? _optionsStatus : request.Method == "GET" ? _appStatus : 200));
        var options = new RuntimeOptions { AppPort = _app.Port, AppHealthCheck = true, AppHealthProbeInterval = Interval, AppHealthProbeTimeout = Limit, AppHealthThreshold = 2 };
        _channel = AppChannel.Create(options)!;
        _health = new AppHealth(_channel, options, _time, _log);
        _inputs = new InputBindings(_health, new BindingDiscovery(_channel, TimeSpan.FromSeconds(3)), new BindingDelivery(_channel), _time, _log);
        _ = _health.RunAsync(_stop.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _inputs.StopAsync(CancellationToken.None).WaitAsync(Limit, TimeProvider.System, CancellationToken.None);
        _inputs.Dispose();
        await _stop.CancelAsync();
        _health.Dispose();
        _channel.Dispose();
        _stop.Dispose();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task WhatWasThereAtStart_ReadsOnceTheAppIsHealthy_AndDelivers()
    {
        var input = new ScriptedInput { OnRead = ReadOneAsync };
        await _inputs.ActivateAsync(Live(input), Cancel);
        Assert.Equal(0, input.Begun);

        _inputs.Start();

        Assert.Equal("event", Assert.Single(await _app.WaitAsync(1, "POST", "/queue", Cancel)).Text);
        Assert.Single(_app.Of("OPTIONS", "/queue"));
    }

    [Fact]
    public async Task NotWanted_IsLoggedAndNotRead_UntilTheAppComesBackAndWantsIt()
    {
        _optionsStatus = 404;
        var input = new ScriptedInput();
        await StartAsync(input);
        await LoggedAsync("Information: binding 'queue': the app does not want its events: OPTIONS /queue was answered neither 2xx nor 405");
        Assert.Equal(0, input.Begun);

        await MakeUnhealthyAsync();
        _optionsStatus = 405;
        await ProbeAsync(200);

        await RunningAsync(input, 1);
    }

    [Fact]
    public async Task Unhealthy_StopsTheReading_AndHealthyBeginsItAnew()
    {
        var input = new ScriptedInput();
        await StartAsync(input);
        await RunningAsync(input, 1);

        await MakeUnhealthyAsync();
        await RunningAsync(input, 0);
        await ProbeAsync(200);
        await RunningAsync(input, 1);

        Assert.Equal((2, 1), (input.Begun, input.MostRunning));
        Assert.Equal(2, _app.Of("OPTIONS", "/queue").Count);
    }

    [Fact]
    public async Task AppGone_WhenAsked_IsAskedAgain()
    {
        var input = new ScriptedInput();
        await _health.WhenHealthyAsync(Cancel);
        await _app.StopAsync();
        await StartAsync(input);
        await LoggedAsync("Warning: binding 'queue': whether the app wants the events is not known");
        await _app.StartAgainAsync();

        await AdvanceToAsync(TimeSpan.FromSeconds(1));

        await RunningAsync(input, 1);
    }

    [Fact]
    public async Task Trouble_IsTriedAgainAtGrowingDistances_AndToldOncePerKind()
    {
        var input = new ScriptedInput
        {
            OnRead = (number, _, _) => number is 1 or 2 ? throw new IOException("broken") : number == 3 ? Task.CompletedTask : throw new BindingException("odd"),
        };
        await StartAsync(input);
        var distances = (int[])[1, 2, 4, 8, 16, 30, 30];
        for (var begun = 1; begun <= distances.Length; begun++)
        {
            await Eventually.MustAsync($"reading {begun}", () => Task.FromResult(input.Begun == begun && input.Running == 0), Limit, Cancel);
            await AdvanceToAsync(TimeSpan.FromSeconds(distances[begun - 1]));
        }

        await Eventually.MustAsync("the last reading", () => Task.FromResult(input.Begun == distances.Length + 1), Limit, Cancel);
        Assert.Equal(
            ["broken", "the reading ended by itself", "odd"],
            _log.Messages.Where(line => line.EndsWith("; trying again", StringComparison.Ordinal)).Select(line => line["Warning: binding 'queue': ".Length..^"; trying again".Length]));
    }

    [Fact]
    public async Task SettingsThatDoNotFit_FailTheActivation_AndNothingRuns()
    {
        await StartedAsync();
        var input = new ScriptedInput { OnRead = (_, _, _) => throw new ComponentException("no such queue") };
        var live = Live(input);

        Assert.Equal("no such queue", (await Assert.ThrowsAsync<ComponentException>(() => _inputs.ActivateAsync(live, Cancel))).Message);

        Assert.Equal((1, 0), (input.Begun, input.Running));
        input.OnRead = (_, _, stopping) => ScriptedInput.StoppedAsync(stopping);
        await ActivateAsync(live);
        await RunningAsync(input, 1);
    }

    [Fact]
    public async Task Handover_StopsTheOldOneFirst_AndTheOldOneCanComeBack()
    {
        await StartedAsync();
        var (old, next) = (new ScriptedInput(), new ScriptedInput { OnRead = (_, _, _) => throw new ComponentException("no") });
        var (oldLive, nextLive) = (Live(old), Live(next));
        await ActivateAsync(oldLive);
        await RunningAsync(old, 1);

        await _inputs.DeactivateAsync(oldLive);
        Assert.Equal(0, old.Running);
        await Assert.ThrowsAsync<ComponentException>(() => _inputs.ActivateAsync(nextLive, Cancel));
        await ActivateAsync(oldLive);

        await RunningAsync(old, 1);
        Assert.Equal((2, 0), (old.Begun, next.Running));
    }

    [Fact]
    public async Task Stop_WaitsForTheDeliveryUnderWay()
    {
        using var release = new SemaphoreSlim(0);
        _app.Script = async (request, cancellationToken) =>
        {
            await (request.Method == "POST" ? release.WaitAsync(cancellationToken) : Task.CompletedTask);
            return AppReply.Ok;
        };
        DeliveryResult? result = null;
        var input = new ScriptedInput { OnRead = async (_, handler, _) => result = await handler(new BindingEvent(), CancellationToken.None) };
        await StartAsync(input);
        await _app.WaitAsync(1, "POST", "/queue", Cancel);

        var stop = _inputs.StopAsync(CancellationToken.None);
        Assert.False(stop.IsCompleted);
        release.Release();
        await stop.WaitAsync(Limit, TimeProvider.System, Cancel);

        Assert.True(result?.IsDelivered);
        await ActivateAsync(Live(input));
        Assert.Equal(1, input.Begun);
    }

    [Fact]
    public async Task Stop_AtItsLimit_CutsTheDeliveryOff_WhichIsNoSuccess()
    {
        _app.Script = (request, cancellationToken) => request.Method == "POST" ? RecordingApp.HangAsync(request, cancellationToken) : Task.FromResult(AppReply.Ok);
        DeliveryResult? result = null;
        var input = new ScriptedInput { OnRead = async (_, handler, _) => result = await handler(new BindingEvent(), CancellationToken.None) };
        await StartAsync(input);
        await _app.WaitAsync(1, "POST", "/queue", Cancel);
        using var cut = new CancellationTokenSource();
        var stop = _inputs.StopAsync(cut.Token);
        await cut.CancelAsync();
        await stop.WaitAsync(Limit, TimeProvider.System, Cancel);

        Assert.Equal(DeliveryOutcome.Unreachable, result?.Outcome);
        Assert.Contains("Warning: binding 'queue': deliveries under way were cut off", _log.Messages);
    }

    [Fact]
    public async Task Stop_WhileAReloadReplacesTheBinding_WaitsForItsDelivery_AndCutsItAtTheLimit()
    {
        _app.Script = (request, cancellationToken) => request.Method == "POST" ? RecordingApp.HangAsync(request, cancellationToken) : Task.FromResult(AppReply.Ok);
        DeliveryResult? result = null;
        var live = Live(new ScriptedInput { OnRead = async (_, handler, _) => result = await handler(new BindingEvent(), CancellationToken.None) });
        await _inputs.ActivateAsync(live, Cancel);
        _inputs.Start();
        await _app.WaitAsync(1, "POST", "/queue", Cancel);
        var leaving = _inputs.DeactivateAsync(live);
        using var cut = new CancellationTokenSource();

        var stop = _inputs.StopAsync(cut.Token);
        Assert.False(stop.IsCompleted);
        Assert.False(leaving.IsCompleted);
        await cut.CancelAsync();
        await Task.WhenAll(stop, leaving).WaitAsync(Limit, TimeProvider.System, Cancel);

        Assert.Equal(DeliveryOutcome.Unreachable, result?.Outcome);
    }

    [Fact]
    public async Task OtherComponents_AreLeftAlone()
    {
        await StartedAsync();
        var output = new LiveComponent(Definition(), BindingServer.Component("queue", new FakeBinding()));

        await _inputs.ActivateAsync(output, Cancel);
        await _inputs.DeactivateAsync(output);

        Assert.Empty(_app.Of("OPTIONS", "/queue"));
    }

    private static ComponentDefinition Definition() =>
        new() { Key = new ResourceKey(ResourceKey.Component, "queue"), Hash = "", Origin = "test", Type = "bindings.fake", Version = "v1" };

    private static LiveComponent Live(ScriptedInput input) => new(Definition(), BindingServer.Component("queue", input));

    private static async Task ReadOneAsync(int number, BindingHandler handler, CancellationToken stopping)
    {
        await handler(new BindingEvent { Data = Encoding.UTF8.GetBytes("event") }, CancellationToken.None);
        await ScriptedInput.StoppedAsync(stopping);
    }

    private static Task RunningAsync(ScriptedInput input, int count) =>
        Eventually.MustAsync($"{count} readings", () => Task.FromResult(input.Running == count), Limit, Cancel);

    private async Task StartAsync(ScriptedInput input)
    {
        await _inputs.ActivateAsync(Live(input), Cancel);
        _inputs.Start();
    }

    private async Task StartedAsync()
    {
        await _health.WhenHealthyAsync(Cancel);
        _inputs.Start();
    }

    // The second that a beginning is watched passes on the clock of the test.
    private async Task ActivateAsync(LiveComponent live)
    {
        var activation = _inputs.ActivateAsync(live, Cancel);
        await Eventually.MustAsync("active", () =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return Task.FromResult(activation.IsCompleted);
        }, Limit, Cancel);
        await activation;
    }

    private Task LoggedAsync(string beginning) =>
        Eventually.MustAsync(beginning, () => Task.FromResult(_log.Messages.Any(line => line.StartsWith(beginning, StringComparison.Ordinal))), Limit, Cancel);

    /// <summary>Waits until something fires in exactly that time, and lets it.</summary>
    private async Task AdvanceToAsync(TimeSpan distance)
    {
        var due = _time.GetUtcNow() + distance;
        await Eventually.MustAsync($"a timer in {distance}", () => Task.FromResult(_time.NextTimer == due), Limit, Cancel);
        _time.Advance(distance);
    }

    private async Task MakeUnhealthyAsync()
    {
        await _health.WhenHealthyAsync(Cancel);
        await ProbeAsync(500);
        await ProbeAsync(500);
    }

    private async Task ProbeAsync(int status)
    {
        _appStatus = status;
        await Eventually.MustAsync("the probe before has ended", () => Task.FromResult(_health.Probes > 0), Limit, Cancel);
        var before = _health.Probes;
        _time.Advance(Interval);
        await Eventually.MustAsync("a probe", () => Task.FromResult(_health.Probes > before), Limit, Cancel);
    }
}
