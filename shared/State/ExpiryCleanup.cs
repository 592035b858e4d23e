using Microsoft.Extensions.Logging;
using Serverless.Components.Registry;

namespace Serverless.Components.State;

/// <summary>Removes a store's expired entries each interval until it is disposed. What fails is logged, and ends neither this nor the store's closing.</summary>
internal sealed partial class ExpiryCleanup : IAsyncDisposable
{
    private readonly ComponentContext _context;
    private readonly TimeSpan _interval;
    private readonly Func<CancellationToken, Task<int>> _remove;
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _running;

    /// <summary>Begins; the first round comes after an interval.</summary>
    /// <param name="context">The component, for its clock and its log.</param>
    /// <param name="interval">The distance of the rounds.</param>
    /// <param name="remove">One round; it tells how many entries it removed.</param>
    public ExpiryCleanup(ComponentContext context, TimeSpan interval, Func<CancellationToken, Task<int>> remove)
    {
        (_context, _interval, _remove) = (context, interval, remove);
        _running = RunAsync();
    }

    /// <summary>Cancels a round that is under way, and waits for its end.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _running.WaitAsync(CancellationToken.None);
        _ending.Dispose();
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(_interval, _context.Host.Time);
        while (await WaitAsync(timer))
        {
            try
            {
                LogRemoved(_context.Logger, _context.Name, await _remove(_ending.Token));
            }
            catch (Exception failure)
            {
                // The next round may do better; and while the store is being closed everything may fail.
                if (!_ending.IsCancellationRequested)
                {
                    LogFailed(_context.Logger, _context.Name, failure);
                }
            }
        }
    }

    private async Task<bool> WaitAsync(PeriodicTimer timer)
    {
        try
        {
            return await timer.WaitForNextTickAsync(_ending.Token);
        }
        catch (OperationCanceledException) when (_ending.IsCancellationRequested)
        {
            return false;
        }
    }

    [LoggerMessage(LogLevel.Debug, "component '{Component}': removed {Rows} expired rows")]
    private static partial void LogRemoved(ILogger logger, string component, int rows);

    [LoggerMessage(LogLevel.Error, "component '{Component}': expired rows were not removed")]
    private static partial void LogFailed(ILogger logger, string component, Exception failure);
}
