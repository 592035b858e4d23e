namespace Serverless.Functions.Hosting;

/// <summary>Ends the process when a stop takes longer than it may, because a component need not ever finish closing.</summary>
internal sealed partial class ExitWatchdog : IDisposable
{
    /// <summary>After an abort: half of it for the requests, half for the components.</summary>
    private static readonly TimeSpan AbortLimit = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan LeastClosing = TimeSpan.FromSeconds(1);

    private readonly RuntimeLifetime _lifetime;
    private readonly TimeSpan _limit;
    private readonly ILogger _logger;
    private readonly Func<Task> _exit;
    private readonly ITimer _timer;
    private readonly CancellationTokenRegistration _stopping;
    private readonly CancellationTokenRegistration _aborting;

    /// <summary>Watches until disposed. <paramref name="exit"/> must end the process without waiting for anything.</summary>
    public ExitWatchdog(RuntimeLifetime lifetime, RuntimeOptions options, ILogger logger, TimeProvider time, Func<Task> exit)
    {
        _lifetime = lifetime;
        _logger = logger;
        _exit = exit;

        // Closing gets at least as long as the requests.
        var closing = options.GracefulShutdown > LeastClosing ? options.GracefulShutdown : LeastClosing;
        _limit = (options.BlockShutdown ?? TimeSpan.Zero) + options.GracefulShutdown + closing;
        _timer = time.CreateTimer(static watchdog => ((ExitWatchdog)watchdog!).End(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _stopping = lifetime.Stopping.Register(Arm);
        _aborting = lifetime.Aborting.Register(Arm);
    }

    private TimeSpan Limit => _lifetime.Aborting.IsCancellationRequested ? AbortLimit : _limit;

    public void Dispose()
    {
        _stopping.Dispose();
        _aborting.Dispose();
        _timer.Dispose();
    }

    private void Arm() => _timer.Change(Limit, Timeout.InfiniteTimeSpan);

    private void End()
    {
        LogNotClosed(Limit);
        _ = _exit();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "not everything was closed within {Limit}; ending all the same")]
    private partial void LogNotClosed(TimeSpan limit);
}
