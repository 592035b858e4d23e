using System.Globalization;
using Serverless.Components.Clients.Sqlite;
using Serverless.Components.Registry;

namespace Serverless.Components.State.Sqlite;

/// <summary>Dapr's tables: created when missing, checked when there, never changed.</summary>
internal sealed class SqliteStateSchema(string component, SqliteStateOptions options)
{
    private static readonly string[] StateColumns = ["key", "value", "is_binary", "etag", "expiration_time", "update_time"];
    private static readonly string[] MetadataColumns = ["key", "value"];

    /// <summary>Runs within a transaction.</summary>
    /// <exception cref="ComponentException">A table has another layout than Dapr's.</exception>
    public void Ensure(SqliteConnection connection)
    {
        if (!connection.IsReadOnly)
        {
            Create(connection);
        }

        Verify(connection, options.TableName, StateColumns);
        if (!connection.IsReadOnly)
        {
            Verify(connection, options.MetadataTableName, MetadataColumns);
            RecordMigration(connection);
        }
    }

    private void Create(SqliteConnection connection)
    {
        connection.Run($"""
            CREATE TABLE IF NOT EXISTS "{options.MetadataTableName}" (
              key text NOT NULL PRIMARY KEY,
              value text NOT NULL
            )
            """);
        connection.Run($"""
            CREATE TABLE IF NOT EXISTS "{options.TableName}" (
              key TEXT NOT NULL PRIMARY KEY,
              value TEXT NOT NULL,
              is_binary BOOLEAN NOT NULL,
              etag TEXT NOT NULL,
              expiration_time TIMESTAMP DEFAULT NULL,
              update_time TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
            )
            """);
    }

    private void Verify(SqliteConnection connection, string table, string[] columns)
    {
        var missing = new HashSet<string>(columns, StringComparer.OrdinalIgnoreCase);
        var isKeyed = false;
        using (var statement = connection.Prepare("SELECT name, pk FROM pragma_table_info(?1)"))
        {
            statement.Bind(1, table);
            while (statement.Step())
            {
                var name = statement.Text(0);
                missing.Remove(name);
                isKeyed |= name.Equals("key", StringComparison.OrdinalIgnoreCase) && statement.Int64(1) == 1;
            }
        }

        if (missing.Count > 0 || !isKeyed)
        {
            var fault = missing.Count > 0 ? $"no column {string.Join(", ", missing)}" : "no primary key 'key'";
            throw new ComponentException($"component '{component}': SQLite file '{options.Connection.Source.File}': table '{table}' is not Dapr's: {fault}");
        }
    }

    private void RecordMigration(SqliteConnection connection)
    {
        using (var level = connection.Prepare($"""SELECT value FROM "{options.MetadataTableName}" WHERE key = 'migrations'"""))
        {
            if (level.Step())
            {
                var text = level.Text(0);
                if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var applied))
                {
                    throw new ComponentException(
                        $"component '{component}': SQLite file '{options.Connection.Source.File}': invalid migration level '{text}' in table '{options.MetadataTableName}'");
                }

                if (applied > 0)
                {
                    return;
                }
            }
        }

        connection.Run($"""REPLACE INTO "{options.MetadataTableName}" (key, value) VALUES ('migrations', '1')""");
    }
}
