using System.Globalization;
using Microsoft.Extensions.Logging;
using Npgsql;
using Serverless.Components.Clients.PostgreSql;
using Serverless.Components.Registry;

namespace Serverless.Components.State.PostgreSql;

/// <summary>Dapr's tables: created when missing, brought to the level that daprd knows, and checked.</summary>
/// <remarks>The level and the lock are rows of the metadata table that daprd reads and locks too.</remarks>
internal sealed partial class PostgreSqlStateSchema(ComponentContext context, PostgreSqlStateOptions options)
{
    /// <summary>Dapr's second migration numbers the rows.</summary>
    private const int Level = 2;

    // Others may wait for the lock while one of them rewrites a large table.
    private static readonly TimeSpan MigrationTimeout = TimeSpan.FromMinutes(10);

    private static readonly (string Name, string Type)[] Columns =
        [("key", "text"), ("value", "bytea"), ("etag", "uuid"), ("updated_at", "timestamp with time zone"), ("expires_at", "timestamp with time zone")];

    private readonly string _levelKey = $"migrations-state-v2-{options.TablePrefix}";

    /// <summary>Makes the tables ready. A role that may not create any will do where all is there.</summary>
    /// <exception cref="ComponentException">A table has another layout than Dapr's.</exception>
    /// <exception cref="PostgreSqlException">The server refused, or was not reached.</exception>
    public async Task EnsureAsync(PostgreSqlDatabase database, CancellationToken cancellationToken)
    {
        var isReady = await database.ReadAsync(this, static (connection, schema, token) => schema.IsReadyAsync(connection, token), options.Timeout, cancellationToken);
        if (!isReady)
        {
            await database.WriteAsync(this, static (connection, schema, token) => schema.MigrateAsync(connection, token), MigrationTimeout, cancellationToken);
        }

        await database.ReadAsync(this, static (connection, schema, token) => schema.VerifyAsync(connection, token), options.Timeout, cancellationToken);
    }

    private async Task<bool> IsReadyAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        await ExistsAsync(connection, options.MetadataTable, cancellationToken)
            && await ReadLevelAsync(connection, cancellationToken) >= Level
            && await ExistsAsync(connection, options.StateTable, cancellationToken);

    private async Task<bool> MigrateAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await CreateMetadataTableAsync(connection, cancellationToken);
        await RunAsync(connection, $"INSERT INTO {options.MetadataTable} (key, value) VALUES ('lock', 'lock') ON CONFLICT (key) DO NOTHING", cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await RunAsync(connection, $"SELECT value FROM {options.MetadataTable} WHERE key = 'lock' FOR UPDATE", cancellationToken);
        var level = await ReadLevelAsync(connection, cancellationToken);
        if (!await ExistsAsync(connection, options.StateTable, cancellationToken))
        {
            if (level > 0)
            {
                LogLost(context.Logger, context.Name, options.StateTable);
            }

            await RunAsync(connection, PostgreSqlStateTable.Create(options.StateTable), cancellationToken);
            level = 1;
        }
        else if (level < Level)
        {
            // Before anything is changed: a table of v1 has the same name.
            await VerifyAsync(connection, cancellationToken);
        }

        if (level < Level)
        {
            await PostgreSqlStateTable.NumberRowsAsync(connection, options.StateTable, cancellationToken);
            await WriteLevelAsync(connection, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    // IF NOT EXISTS asks for the right to create even when there is nothing to do, and two at once collide in the catalog.
    private async Task CreateMetadataTableAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        for (var tries = 3; !await ExistsAsync(connection, options.MetadataTable, cancellationToken); tries--)
        {
            try
            {
                await RunAsync(connection, $"CREATE TABLE IF NOT EXISTS {options.MetadataTable} (key text NOT NULL PRIMARY KEY, value text NOT NULL)", cancellationToken);
            }
            catch (PostgresException collision) when (tries > 1 && collision.SqlState is PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.DuplicateTable or PostgresErrorCodes.DuplicateObject)
            {
                // The other one has created it.
            }
        }
    }

    private async Task<int> ReadLevelAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"SELECT value FROM {options.MetadataTable} WHERE key = $1", connection);
        command.Parameters.AddWithValue(_levelKey);
        var text = (string?)await command.ExecuteScalarAsync(cancellationToken);
        return text is null ? 0
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var level) ? level
            : throw new ComponentException($"component '{context.Name}': table '{options.MetadataTable}' at {options.PostgreSql.Server}: the migration level '{_levelKey}' is no number");
    }

    private async Task WriteLevelAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"INSERT INTO {options.MetadataTable} (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value", connection);
        command.Parameters.AddWithValue(_levelKey);
        command.Parameters.AddWithValue(Level.ToString(CultureInfo.InvariantCulture));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<bool> VerifyAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var columns = await PostgreSqlStateTable.ReadColumnsAsync(connection, options.StateTable, cancellationToken);
        var wrong = Columns.Where(column => columns.GetValueOrDefault(column.Name) != column.Type).Select(column => $"{column.Name} {column.Type}").ToList();
        return wrong.Count == 0
            ? true
            : throw new ComponentException(
                $"component '{context.Name}': table '{options.StateTable}' at {options.PostgreSql.Server} is not that of Dapr's v2: no column {string.Join(", ", wrong)}; set tablePrefix to use another");
    }

    private static async Task<bool> ExistsAsync(NpgsqlConnection connection, string table, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT to_regclass($1) IS NOT NULL", connection);
        command.Parameters.AddWithValue(table);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task RunAsync(NpgsqlConnection connection, string statement, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(statement, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    [LoggerMessage(LogLevel.Warning, "component '{Component}': table '{Table}' was created before and is gone; it is created anew, empty")]
    private static partial void LogLost(ILogger logger, string component, string table);
}
