using System.Globalization;
using Npgsql;
using NpgsqlTypes;
using Serverless.Components.Clients.PostgreSql;

namespace Serverless.Components.Workflows.Storage.PostgreSql;

/// <summary>Creates tables and functions where they are missing, and finds the app's number.</summary>
internal sealed class PostgreSqlWorkflowSchema(string component, PostgreSqlWorkflowOptions options, PostgreSqlWorkflowTables tables, string appId)
{
    /// <summary>Makes all ready. A role that may not create anything will do where all is there.</summary>
    /// <exception cref="WorkflowStoreException">A later version of this program made the tables.</exception>
    /// <exception cref="PostgreSqlException">The server refused, or was not reached.</exception>
    public async Task EnsureAsync(PostgreSqlDatabase database, CancellationToken cancellationToken)
    {
        var level = await database.ReadAsync(this, static (connection, schema, token) => schema.ReadLevelAsync(connection, token), options.Timeout, cancellationToken);
        if (level > PostgreSqlWorkflowTables.Level)
        {
            throw new WorkflowStoreException(
                $"component '{component}': the workflow tables '{tables.Prefix}…' at {options.PostgreSql.Server} are of level {level}, which a later version of this program made; this one knows {PostgreSqlWorkflowTables.Level}");
        }

        if (level < PostgreSqlWorkflowTables.Level)
        {
            await database.WriteAsync(this, static (connection, schema, token) => schema.MigrateAsync(connection, token), options.Timeout, cancellationToken);
        }

        var isolation = await database.ReadAsync(this, static (connection, _, token) => ReadIsolationAsync(connection, token), options.Timeout, cancellationToken);
        if (isolation != "read committed")
        {
            // What a function sees would be as of before its lock.
            throw new WorkflowStoreException($"component '{component}': workflows need transactions that are 'read committed'; default_transaction_isolation at {options.PostgreSql.Server} is '{isolation}'");
        }

        tables.App = await database.ReadAsync(this, static (connection, schema, token) => schema.EnterAppAsync(connection, token), options.Timeout, cancellationToken);
    }

    private async Task<int> ReadLevelAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        // From a table, any one: opening it makes the session hear of tables that others have created since it last asked.
        await using (var find = new NpgsqlCommand("SELECT to_regclass($1) IS NOT NULL FROM pg_catalog.pg_namespace LIMIT 1", connection))
        {
            find.Parameters.Add(Text(tables.Metadata));
            if (await find.ExecuteScalarAsync(cancellationToken) is not true)
            {
                return 0;
            }
        }

        await using var read = new NpgsqlCommand($"SELECT value FROM {tables.Metadata} WHERE key = 'level'", connection);
        return await read.ExecuteScalarAsync(cancellationToken) is string text ? int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture) : 0;
    }

    private static async Task<string?> ReadIsolationAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var show = new NpgsqlCommand("SHOW default_transaction_isolation", connection);
        return (string?)await show.ExecuteScalarAsync(cancellationToken);
    }

    private async Task<bool> MigrateAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

        // Two that create at once would collide in the catalog.
        await using (var wait = new NpgsqlCommand("SELECT pg_advisory_xact_lock(hashtext($1))", connection))
        {
            wait.Parameters.Add(Text($"serverless-dapr workflows {tables.Prefix}"));
            await wait.ExecuteNonQueryAsync(cancellationToken);
        }

        if (await ReadLevelAsync(connection, cancellationToken) < PostgreSqlWorkflowTables.Level)
        {
            await RunAsync(connection, $"CREATE TABLE {tables.Metadata} (key text NOT NULL PRIMARY KEY, value text NOT NULL)", cancellationToken);
            await RunAsync(connection, PostgreSqlWorkflowLayout.Create(tables), cancellationToken);
            foreach (var function in PostgreSqlWorkflowFunctions.Create(tables))
            {
                await RunAsync(connection, function, cancellationToken);
            }

            await RunAsync(connection, $"INSERT INTO {tables.Metadata} (key, value) VALUES ('level', '{PostgreSqlWorkflowTables.Level}')", cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private async Task<long> EnterAppAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        while (true)
        {
            await using (var find = new NpgsqlCommand($"SELECT number FROM {tables.Apps} WHERE name = $1", connection))
            {
                find.Parameters.Add(Text(appId));
                if (await find.ExecuteScalarAsync(cancellationToken) is long number)
                {
                    return number;
                }
            }

            await using var add = new NpgsqlCommand($"INSERT INTO {tables.Apps} (name) VALUES ($1) ON CONFLICT (name) DO NOTHING", connection);
            add.Parameters.Add(Text(appId));
            await add.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private static NpgsqlParameter<string> Text(string value) => new() { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Text };

    private static async Task RunAsync(NpgsqlConnection connection, string statement, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(statement, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
