using Serverless.Components.Clients.Sqlite;
using Serverless.Components.Registry;

namespace Serverless.Components.Workflows.Storage.Sqlite;

/// <summary>Creates the tables where they are missing, and finds the app's number.</summary>
internal sealed class SqliteWorkflowSchema(string component, SqliteWorkflowOptions options, SqliteWorkflowTables tables, string appId)
{
    private const long Level = 1;

    /// <summary>Runs within a transaction.</summary>
    /// <exception cref="ComponentException">A later version of this program made the tables.</exception>
    public void Ensure(SqliteConnection connection)
    {
        connection.Run($"CREATE TABLE IF NOT EXISTS {tables.Metadata} (key TEXT NOT NULL PRIMARY KEY, value INTEGER NOT NULL)");
        var level = ReadLevel(connection);
        if (level > Level)
        {
            throw new ComponentException(
                $"component '{component}': SQLite file '{options.Connection.FileName}': the workflow tables are of level {level}, which a later version of this program made; this one knows {Level}");
        }

        if (level < Level)
        {
            Create(connection);
            connection.Run($"INSERT INTO {tables.Metadata} (key, value) VALUES ('level', {Level}) ON CONFLICT (key) DO UPDATE SET value = excluded.value");
        }

        tables.App = ReadApp(connection);
    }

    // Times are ticks of UTC. The first row of a history, of version 0, is the execution's start: it changes with the execution only.
    private void Create(SqliteConnection connection) => connection.Run($"""
        CREATE TABLE {tables.Apps} (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
        CREATE TABLE {tables.Instances} (
          number INTEGER PRIMARY KEY AUTOINCREMENT,
          app INTEGER NOT NULL,
          id TEXT NOT NULL,
          name TEXT NOT NULL,
          execution TEXT NOT NULL,
          version INTEGER NOT NULL,
          status INTEGER NOT NULL,
          created_at INTEGER NOT NULL,
          updated_at INTEGER NOT NULL,
          created_by TEXT NOT NULL,
          outcome BLOB NOT NULL,
          UNIQUE (app, id)
        );
        CREATE INDEX {tables.Index("by_creation")} ON {tables.Instances} (app, created_at);
        CREATE TABLE {tables.History} (
          instance INTEGER NOT NULL,
          version INTEGER NOT NULL,
          chunk INTEGER NOT NULL,
          events BLOB NOT NULL,
          PRIMARY KEY (instance, version, chunk)
        ) WITHOUT ROWID;
        CREATE TABLE {tables.Inbox} (
          number INTEGER PRIMARY KEY,
          instance INTEGER NOT NULL,
          id TEXT NOT NULL,
          execution TEXT,
          event BLOB NOT NULL,
          UNIQUE (instance, id)
        );
        CREATE INDEX {tables.Index("by_arrival")} ON {tables.Inbox} (instance);
        CREATE TABLE {tables.Work} (
          instance INTEGER NOT NULL,
          id TEXT NOT NULL,
          app INTEGER NOT NULL,
          kind INTEGER NOT NULL,
          is_activity INTEGER NOT NULL,
          name TEXT NOT NULL,
          due INTEGER NOT NULL,
          owner BLOB,
          told INTEGER,
          content BLOB NOT NULL,
          PRIMARY KEY (instance, id)
        ) WITHOUT ROWID;
        CREATE INDEX {tables.Index("free")} ON {tables.Work} (app, is_activity, due, kind) WHERE owner IS NULL;
        CREATE INDEX {tables.Index("owned")} ON {tables.Work} (app, owner, kind) WHERE owner IS NOT NULL;
        CREATE TABLE {tables.Sessions} (
          app INTEGER NOT NULL,
          id BLOB NOT NULL,
          worker TEXT NOT NULL,
          expires_at INTEGER NOT NULL,
          PRIMARY KEY (app, id)
        ) WITHOUT ROWID;
        CREATE TABLE {tables.Payloads} (
          app INTEGER NOT NULL,
          instance TEXT NOT NULL,
          key TEXT NOT NULL,
          payload BLOB NOT NULL,
          loose_since INTEGER,
          PRIMARY KEY (app, instance, key)
        );
        CREATE INDEX {tables.Index("loose")} ON {tables.Payloads} (app, loose_since) WHERE loose_since IS NOT NULL
        """);

    private long ReadLevel(SqliteConnection connection)
    {
        using var statement = connection.Prepare($"SELECT value FROM {tables.Metadata} WHERE key = 'level'");
        return statement.Step() ? statement.Int64(0) : 0;
    }

    private long ReadApp(SqliteConnection connection)
    {
        using (var add = connection.Prepare($"INSERT INTO {tables.Apps} (name) VALUES (?1) ON CONFLICT (name) DO NOTHING"))
        {
            add.Bind(1, appId);
            add.Execute();
        }

        using var find = connection.Prepare($"SELECT number FROM {tables.Apps} WHERE name = ?1");
        find.Bind(1, appId);
        find.Step();
        return find.Int64(0);
    }
}
