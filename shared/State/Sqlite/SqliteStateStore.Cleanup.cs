using Microsoft.Extensions.Logging;

namespace Serverless.Components.State.Sqlite;

internal sealed partial class SqliteStateStore
{
    private async Task CleanUpAsync(TimeSpan interval)
    {
        try
        {
            var cleanup = new SqliteStateCleanup(_options, interval, _context.Host.Time);
            using var timer = new PeriodicTimer(interval, _context.Host.Time);
            while (await timer.WaitForNextTickAsync(_ending.Token))
            {
                await CleanUpOnceAsync(cleanup);
            }
        }
        catch (OperationCanceledException) when (_ending.IsCancellationRequested)
        {
            // The store is being closed.
        }
        catch (Exception failure)
        {
            LogCleanupFailed(_context.Logger, _context.Name, failure);
        }
    }

    private async Task CleanUpOnceAsync(SqliteStateCleanup cleanup)
    {
        try
        {
            LogCleanedUp(_context.Logger, _context.Name, await cleanup.RunAsync(Database, _ending.Token));
        }
        catch (Exception failure) when (!_ending.IsCancellationRequested)
        {
            // The next round may do better.
            LogCleanupFailed(_context.Logger, _context.Name, failure);
        }
    }

    [LoggerMessage(LogLevel.Debug, "component '{Component}': removed {Rows} expired rows")]
    private static partial void LogCleanedUp(ILogger logger, string component, int rows);

    [LoggerMessage(LogLevel.Error, "component '{Component}': expired rows were not removed")]
    private static partial void LogCleanupFailed(ILogger logger, string component, Exception failure);
}
