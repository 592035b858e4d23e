using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;

namespace Serverless.Components.State.PostgreSql;

/// <content>Removes expired rows, unless another process did so within the interval.</content>
internal sealed partial class PostgreSqlStateStore
{
    private static readonly TimeSpan CleanupTimeout = TimeSpan.FromMinutes(10);

    // Dapr's margin, so that a timer that fires a little early still counts.
    private static readonly TimeSpan CleanupMargin = TimeSpan.FromMilliseconds(100);

    private async Task CleanUpAsync(TimeSpan interval)
    {
        try
        {
            using var timer = new PeriodicTimer(interval, _context.Host.Time);
            while (await timer.WaitForNextTickAsync(_ending.Token))
            {
                await CleanUpOnceAsync(interval);
            }
        }
        catch (OperationCanceledException) when (_ending.IsCancellationRequested)
        {
            // The store is being closed.
        }
    }

    private async Task CleanUpOnceAsync(TimeSpan interval)
    {
        try
        {
            var removed = await Database.WriteAsync((_options, interval), static (connection, cleanup, token) => CleanUpAsync(connection, cleanup._options, cleanup.interval, token), CleanupTimeout, _ending.Token);
            LogCleanedUp(_context.Logger, _context.Name, removed);
        }
        catch (Exception failure) when (!_ending.IsCancellationRequested)
        {
            // The next round may do better.
            LogCleanupFailed(_context.Logger, _context.Name, failure);
        }
    }

    private static async Task<int> CleanUpAsync(NpgsqlConnection connection, PostgreSqlStateOptions options, TimeSpan interval, CancellationToken cancellationToken)
    {
        await using var claim = new NpgsqlCommand(
            $"""
            INSERT INTO {options.MetadataTable} AS m (key, value) VALUES ($1, now()::text)
            ON CONFLICT (key) DO UPDATE SET value = excluded.value
            WHERE (extract(epoch FROM now() - m.value::timestamp with time zone) * 1000)::bigint > $2
            """,
            connection);
        claim.Parameters.Add(new NpgsqlParameter<string> { TypedValue = $"last-cleanup-state-v2-{options.TablePrefix}", NpgsqlDbType = NpgsqlDbType.Text });
        claim.Parameters.Add(new NpgsqlParameter<long> { TypedValue = (long)(interval - CleanupMargin).TotalMilliseconds, NpgsqlDbType = NpgsqlDbType.Bigint });
        if (await claim.ExecuteNonQueryAsync(cancellationToken) == 0)
        {
            return 0;
        }

        await using var delete = new NpgsqlCommand($"DELETE FROM {options.StateTable} WHERE expires_at < now()", connection);
        return await delete.ExecuteNonQueryAsync(cancellationToken);
    }

    [LoggerMessage(LogLevel.Debug, "component '{Component}': removed {Rows} expired rows")]
    private static partial void LogCleanedUp(ILogger logger, string component, int rows);

    [LoggerMessage(LogLevel.Error, "component '{Component}': expired rows were not removed")]
    private static partial void LogCleanupFailed(ILogger logger, string component, Exception failure);
}
