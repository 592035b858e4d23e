using Npgsql;
using NpgsqlTypes;
using Serverless.Components.Clients.PostgreSql;

namespace Serverless.Components.State.PostgreSql;

/// <summary>Removes expired rows, unless another process did so within the interval.</summary>
internal sealed class PostgreSqlStateCleanup(PostgreSqlStateOptions options, TimeSpan interval)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(10);

    // Dapr's margin, so that a timer that fires a little early still counts.
    private static readonly TimeSpan Margin = TimeSpan.FromMilliseconds(100);

    /// <summary>Runs once.</summary>
    /// <returns>How many rows were removed.</returns>
    /// <exception cref="PostgreSqlException">It failed.</exception>
    public async Task<int> RunAsync(PostgreSqlDatabase database, CancellationToken cancellationToken)
    {
        // Apart, so that a removal that meets a deadlock is tried again: a claim holds once.
        var isClaimed = await database.WriteAsync(this, static (connection, cleanup, token) => cleanup.ClaimAsync(connection, token), Timeout, cancellationToken);
        return isClaimed ? await database.WriteAsync(this, static (connection, cleanup, token) => cleanup.RemoveAsync(connection, token), Timeout, cancellationToken) : 0;
    }

    private async Task<bool> ClaimAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            INSERT INTO {options.MetadataTable} AS m (key, value) VALUES ($1, now()::text)
            ON CONFLICT (key) DO UPDATE SET value = excluded.value
            WHERE (extract(epoch FROM now() - m.value::timestamp with time zone) * 1000)::bigint > $2
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = $"last-cleanup-state-v2-{options.TablePrefix}", NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = (long)(interval - Margin).TotalMilliseconds, NpgsqlDbType = NpgsqlDbType.Bigint });
        return await command.ExecuteNonQueryAsync(cancellationToken) > 0;
    }

    private async Task<int> RemoveAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"DELETE FROM {options.StateTable} WHERE expires_at < now()", connection);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
