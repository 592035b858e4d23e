using Serverless.Backends.Apps;
using Serverless.Backends.Processes;
using Serverless.Functions.AppChannels;
using Serverless.Functions.Hosting;
using Serverless.Tests.Functions.Http;

namespace Serverless.Tests.Functions.AppChannels;

public sealed class AppHealthTests : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private readonly ManualTimeProvider _time = new();
    private readonly LogCapture _log = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly RecordingApp _app = RecordingApp.Down();
    private volatile int _status = 200;
    private Task _run = Task.CompletedTask;
    private AppChannel? _channel;
    private AppHealth? _health;
    private int _probes;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private AppHealth Health => _health!;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _run);
        _health?.Dispose();
        _channel?.Dispose();
        _stop.Dispose();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task FirstProbe_ComesAtOnce_AndOneSuccessIsEnough()
    {
        await StartAsync();

        var period = await Health.WhenHealthyAsync(Cancel);

        Assert.True(Health.IsHealthy);
        Assert.False(period.IsCancellationRequested);
        var probe = Assert.Single(_app.Requests);
        Assert.Equal(("GET", "/health/app?deep=1"), (probe.Method, probe.Path));
        Assert.Null(probe.Header("Content-Type"));
    }

    [Theory]
    [InlineData(200, true)]
    [InlineData(204, true)]
    [InlineData(302, false)]
    [InlineData(404, false)]
    [InlineData(500, false)]
    public async Task Probe_Any2xxIsSuccess(int status, bool isHealthy)
    {
        _status = status;
        await StartAsync();
        await ProbedAsync();

        Assert.Equal(isHealthy, Health.IsHealthy);
    }

    [Fact]
    public async Task Unhealthy_AfterFailuresInARowOnly_AndHealthyAfterOneSuccess()
    {
        await StartAsync();
        await ProbedAsync();
        var changes = new List<bool>();
        Health.Changed += changes.Add;
        var period = await Health.WhenHealthyAsync(Cancel);

        foreach (var status in (int[])[500, 500, 200, 500, 500, 204])
        {
            await ProbeAsync(status);
            Assert.True(Health.IsHealthy);
        }

        await ProbeAsync(500);
        await ProbeAsync(500);
        await ProbeAsync(500);
        Assert.False(Health.IsHealthy);
        Assert.True(await Eventually.TrueAsync(() => period.IsCancellationRequested, TimeSpan.FromSeconds(5), Cancel));
        var next = Health.WhenHealthyAsync(Cancel);
        Assert.False(next.IsCompleted);

        await ProbeAsync(500);
        await ProbeAsync(200);
        Assert.False((await next).IsCancellationRequested);
        Assert.Equal([false, true], changes);
        Assert.Equal(
            ["Information: App entered healthy status", "Warning: App entered un-healthy status: 3 probes in a row failed, the last because the app answered 500", "Information: App entered healthy status"],
            _log.Messages);
    }

    [Fact]
    public async Task HangAndDown_AreFailures()
    {
        _app.Script = RecordingApp.HangAsync;
        await StartAsync(probeTimeout: TimeSpan.FromMilliseconds(100));
        await ProbedAsync();
        Assert.Equal("the app did not answer within 0.1 s", await Health.AskAsync(Cancel));
        Assert.False(Health.IsHealthy);

        await _app.StopAsync();
        Assert.StartsWith("the app did not answer: Connection refused", await Health.AskAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithoutChecks_TheAppIsHealthyForGoodOnceItListens()
    {
        _channel = AppChannel.Create(Options with { AppHealthCheck = false })!;
        _health = new AppHealth(_channel, Options with { AppHealthCheck = false }, TimeProvider.System, _log);
        _run = Task.WhenAll(_health.RunAsync(_stop.Token), Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, _stop.Token));
        await Eventually.MustAsync("told", () => Task.FromResult(!_log.Messages.IsEmpty), TimeSpan.FromSeconds(5), Cancel);
        Assert.Equal([$"Information: waiting for the app to listen at 127.0.0.1, port {_app.Port}"], _log.Messages);
        Assert.False(_health.IsHealthy);

        await _app.StartAgainAsync();
        await _health.WhenHealthyAsync(Cancel).WaitAsync(TimeSpan.FromSeconds(10), Cancel);
        await _app.StopAsync();

        Assert.True(_health.IsHealthy);
        Assert.Empty(_app.Requests);
    }

    [Fact]
    public async Task Waiting_CanBeCancelled()
    {
        _status = 500;
        await StartAsync();
        using var cancel = new CancellationTokenSource();
        var waiting = Health.WhenHealthyAsync(cancel.Token);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    private RuntimeOptions Options => new()
    {
        AppPort = _app.Port, AppHealthCheck = true, AppHealthCheckPath = "/health/app?deep=1", AppHealthProbeInterval = Interval, AppHealthThreshold = 3, AppHealthProbeTimeout = TimeSpan.FromSeconds(5),
    };

    private async Task StartAsync(TimeSpan? probeTimeout = null)
    {
        await _app.StartAgainAsync();
        if (probeTimeout is null)
        {
            _app.Script = (_, _) => Task.FromResult(new AppReply(_status));
        }

        var options = Options with { AppHealthProbeTimeout = probeTimeout ?? TimeSpan.FromSeconds(5) };
        _channel = AppChannel.Create(options)!;
        _health = new AppHealth(_channel, options, _time, _log);
        _run = _health.RunAsync(_stop.Token);
    }

    private Task ProbeAsync(int status)
    {
        _status = status;
        _time.Advance(Interval);
        return ProbedAsync();
    }

    private async Task ProbedAsync()
    {
        _probes++;
        await Eventually.MustAsync("counted", () => Task.FromResult(Health.Probes >= _probes), TimeSpan.FromSeconds(5), Cancel);
    }
}
