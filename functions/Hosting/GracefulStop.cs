namespace Serverless.Functions.Hosting;

/// <summary>Waits until the process should end, and ends its requests decently.</summary>
internal sealed partial class GracefulStop(RuntimeLifetime lifetime, RuntimeOptions options, ILogger logger, TimeProvider time)
{
    /// <summary>How long an abort leaves to the answer of the very request that asked for it.</summary>
    private static readonly TimeSpan AbortLimit = TimeSpan.FromMilliseconds(100);

    /// <summary>Returns once the web application has stopped; tells when the stop begins.</summary>
    public async Task WaitAndDrainAsync(WebApplication app, Action stopping)
    {
        await StopRequestedAsync();
        stopping();
        await BlockAsync();
        await DrainAsync(app);
    }

    private async Task StopRequestedAsync()
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = lifetime.Stopping.Register(stopped.SetResult);
        await stopped.Task;
    }

    /// <summary>Goes on serving for a while, so that an app that ends at the same time can finish its calls.</summary>
    private async Task BlockAsync()
    {
        if (options.BlockShutdown is not { } duration || lifetime.Aborting.IsCancellationRequested)
        {
            return;
        }

        LogBlocking(duration);
        try
        {
            await Task.Delay(duration, time, lifetime.Aborting);
        }
        catch (OperationCanceledException)
        {
            // Told to end at once.
        }
    }

    /// <summary>Listens no more and lets running requests finish, within limits.</summary>
    private async Task DrainAsync(WebApplication app)
    {
        LogStopping(options.GracefulShutdown);
        using var limit = new CancellationTokenSource(options.GracefulShutdown, time);
        using var aborting = lifetime.Aborting.Register(static limit => ((CancellationTokenSource)limit!).CancelAfter(AbortLimit), limit);
        try
        {
            await app.StopAsync(limit.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            // The limit is the contract: longer requests are cut off.
        }

        if (limit.IsCancellationRequested)
        {
            LogCutOff();
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "told to stop; serving for another {Duration}")]
    private partial void LogBlocking(TimeSpan duration);

    [LoggerMessage(Level = LogLevel.Information, Message = "stopping; running requests have {Limit}")]
    private partial void LogStopping(TimeSpan limit);

    [LoggerMessage(Level = LogLevel.Warning, Message = "running requests were cut off")]
    private partial void LogCutOff();
}
