using Microsoft.Extensions.Logging;
using Serverless.Components.Clients.Sqlite;

namespace Serverless.Components.State.Sqlite;

internal sealed partial class SqliteStateStore
{
    private async Task CleanUpAsync(TimeSpan interval)
    {
        var cleanup = new SqliteStateCleanup(_options, interval, _context.Host.Time);
        using var timer = new PeriodicTimer(interval, _context.Host.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(_ending.Token))
            {
                try
                {
                    LogCleanedUp(_context.Logger, _context.Name, await cleanup.RunAsync(Database, _ending.Token));
                }
                catch (SqliteException failure)
                {
                    LogCleanupFailed(_context.Logger, _context.Name, failure);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The store is being closed.
        }
    }

    [LoggerMessage(LogLevel.Debug, "component '{Component}': removed {Rows} expired rows")]
    private static partial void LogCleanedUp(ILogger logger, string component, int rows);

    [LoggerMessage(LogLevel.Error, "component '{Component}': expired rows were not removed")]
    private static partial void LogCleanupFailed(ILogger logger, string component, Exception failure);
}
