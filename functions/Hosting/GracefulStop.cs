namespace Serverless.Functions.Hosting;

/// <summary>Waits until the process should end, and ends its requests decently.</summary>
internal sealed partial class GracefulStop(RuntimeLifetime lifetime, RuntimeOptions options, ILogger logger, TimeProvider time)
{
    /// <summary>How long an abort leaves to the answer of the very request that asked for it.</summary>
    private static readonly TimeSpan AbortLimit = TimeSpan.FromMilliseconds(100);

    /// <summary>Returns once the web application has stopped.</summary>
    /// <param name="app">The web application.</param>
    /// <param name="stopping">Told when the stop begins: takes no new work, and ends what is under way soon after its token is cancelled.</param>
    public async Task WaitAndDrainAsync(WebApplication app, Func<CancellationToken, Task> stopping)
    {
        await StopRequestedAsync();
        using var limit = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        var work = stopping(limit.Token);
        await BlockAsync();
        LogStopping(options.GracefulShutdown);
        limit.CancelAfter(options.GracefulShutdown);
        using var aborting = lifetime.Aborting.Register(static limit => ((CancellationTokenSource)limit!).CancelAfter(AbortLimit), limit);

        // First the work, whose app may still call the API.
        await work;
        await DrainAsync(app, limit.Token);
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

    /// <summary>Listens no more and lets running requests finish, within the limit.</summary>
    private async Task DrainAsync(WebApplication app, CancellationToken limit)
    {
        try
        {
            await app.StopAsync(limit);
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
