using System.Net.Sockets;
using Serverless.Functions.Hosting;

namespace Serverless.Functions.AppChannels;

/// <summary>Whether the app can be given work.</summary>
/// <remarks>
/// Dapr docs: developing-applications/building-blocks/observability/app-health. With <c>--enable-app-health-check</c> the app is probed: healthy
/// after one success, unhealthy after <c>--app-health-threshold</c> failures in a row. Without, it is healthy for good once its port can be
/// connected to. Only probes count, as in daprd: an app that says it is ill is not well because it still answers.
/// </remarks>
internal sealed partial class AppHealth : IDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(5);
    private readonly Lock _gate = new();
    private readonly AppChannel _app;
    private readonly RuntimeOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private TaskCompletionSource<CancellationToken> _healthy = NewWait();
    private CancellationTokenSource? _period;
    private int _failures;
    private int _probes;

    public AppHealth(AppChannel app, RuntimeOptions options, TimeProvider time, ILoggerFactory loggers)
    {
        _app = app;
        _options = options;
        _time = time;
        _logger = loggers.CreateLogger("dapr.runtime.apphealth");
    }

    /// <summary>Told each time the app becomes healthy (true) or unhealthy (false); who listens neither throws nor waits.</summary>
    public event Action<bool>? Changed;

    /// <summary>Whether the app is healthy; false at first.</summary>
    public bool IsHealthy => Volatile.Read(ref _period) is not null;

    /// <summary>How many probes have come to an end.</summary>
    public int Probes => Volatile.Read(ref _probes);

    /// <summary>Waits until the app is healthy.</summary>
    /// <returns>A token that is cancelled when it is so no longer.</returns>
    public Task<CancellationToken> WhenHealthyAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return _healthy.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Watches the app until told to stop; only cancellation ends it.</summary>
    public Task RunAsync(CancellationToken stopping) => _options.AppHealthCheck ? ProbeAsync(stopping) : WaitForPortAsync(stopping);

    /// <summary>Asks the app once, without consequences.</summary>
    /// <returns>What is wrong, or null.</returns>
    public async Task<string?> AskAsync(CancellationToken cancellationToken)
    {
        try
        {
            var answer = await _app.SendAsync(
                new AppCall(HttpMethod.Get, _options.AppHealthCheckPath.TrimStart('/'))
                {
                    ContentType = null,
                    TimeLimit = _options.AppHealthProbeTimeout,
                    IgnoresBody = true,
                    IsProbe = true,
                },
                cancellationToken);
            return answer.IsSuccess ? null : $"the app answered {answer.Status}";
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            return exception.Message;
        }
    }

    public void Dispose() => _period?.Dispose();

    private static TaskCompletionSource<CancellationToken> NewWait() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    // The next probe waits for the one before.
    private async Task ProbeAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(_options.AppHealthProbeInterval, _time);
        do
        {
            if (await AskAsync(stopping) is { } fault)
            {
                Fail(fault);
            }
            else
            {
                Succeed();
            }

            Interlocked.Increment(ref _probes);
        }
        while (await timer.WaitForNextTickAsync(stopping));
    }

    private async Task WaitForPortAsync(CancellationToken stopping)
    {
        if (!await CanConnectAsync(stopping))
        {
            LogWaiting(_app.Address.Host, _app.Address.Port);
            for (var pause = FirstPause; !await CanConnectAsync(stopping); pause = pause + pause < LongestPause ? pause + pause : LongestPause)
            {
                await Task.Delay(pause, _time, stopping);
            }
        }

        Succeed();
    }

    private async Task<bool> CanConnectAsync(CancellationToken stopping)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        limit.CancelAfter(ConnectLimit);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(_app.Address.IdnHost, _app.Address.Port, limit.Token);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return false;
        }
    }

    private void Succeed()
    {
        lock (_gate)
        {
            _failures = 0;
            if (_period is not null)
            {
                return;
            }

            _period = new CancellationTokenSource();
            _healthy.SetResult(_period.Token);
        }

        LogHealthy();
        Changed?.Invoke(true);
    }

    private void Fail(string fault)
    {
        CancellationTokenSource ended;
        lock (_gate)
        {
            if (_period is null || ++_failures < _options.AppHealthThreshold)
            {
                return;
            }

            ended = _period;
            _period = null;
            _healthy = NewWait();
        }

        LogUnhealthy(_options.AppHealthThreshold, fault);
        _ = ended.CancelAsync();
        Changed?.Invoke(false);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "waiting for the app to listen at {Host}, port {Port}")]
    private partial void LogWaiting(string host, int port);

    [LoggerMessage(Level = LogLevel.Information, Message = "App entered healthy status")]
    private partial void LogHealthy();

    [LoggerMessage(Level = LogLevel.Warning, Message = "App entered un-healthy status: {Failures} probes in a row failed, the last because {Fault}")]
    private partial void LogUnhealthy(int failures, string fault);
}
