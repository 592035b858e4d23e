using Serverless.Components.Clients.Sqlite;

namespace Serverless.Components.Workflows.Storage.Sqlite;

/// <summary>The statements on sessions.</summary>
internal sealed class SqliteWorkflowSessions(SqliteWorkflowTables tables)
{
    private readonly string _find = $"SELECT 1 FROM {tables.Sessions} WHERE app = ?1 AND id = ?2";

    private readonly string _open = $"""
        INSERT INTO {tables.Sessions} (app, id, worker, expires_at) VALUES (?1, ?2, ?4, ?3)
        ON CONFLICT (app, id) DO UPDATE SET worker = excluded.worker, expires_at = excluded.expires_at
        """;

    private readonly string _keep = $"UPDATE {tables.Sessions} SET expires_at = ?3, worker = ?4 WHERE app = ?1 AND id = ?2";

    private readonly string _free = $"UPDATE {tables.Work} SET owner = NULL WHERE app = ?1 AND owner = ?2";

    private readonly string _end = $"DELETE FROM {tables.Sessions} WHERE app = ?1 AND id = ?2";

    private readonly string _expired = $"SELECT id FROM {tables.Sessions} WHERE app = ?1 AND expires_at < ?2";

    /// <summary>True while a session is open; only then it may own anything.</summary>
    public bool IsOpen(SqliteConnection connection, Guid session)
    {
        using var statement = Bind(connection, _find, session);
        return statement.Step();
    }

    /// <summary>Opens a session, or keeps it alive.</summary>
    /// <returns>False when it is not open.</returns>
    public bool Keep(SqliteConnection connection, WorkerSession session, bool isNew)
    {
        using var statement = Bind(connection, isNew ? _open : _keep, session.Id);
        statement.Bind(3, session.ExpiresAt.UtcTicks);
        statement.Bind(4, session.Worker);
        return statement.Execute() > 0;
    }

    /// <summary>Ends a session and frees its items.</summary>
    public void End(SqliteConnection connection, Guid session)
    {
        using (var free = Bind(connection, _free, session))
        {
            free.Execute();
        }

        using var end = Bind(connection, _end, session);
        end.Execute();
    }

    /// <summary>The sessions that expired before a time.</summary>
    public List<Guid> FindExpired(SqliteConnection connection, DateTimeOffset now)
    {
        using var statement = connection.Prepare(_expired);
        statement.Bind(1, tables.App);
        statement.Bind(2, now.UtcTicks);
        List<Guid> expired = [];
        while (statement.Step())
        {
            expired.Add(new Guid(statement.Blob(0)));
        }

        return expired;
    }

    private SqliteStatement Bind(SqliteConnection connection, string sql, Guid session)
    {
        var statement = connection.Prepare(sql);
        statement.Bind(1, tables.App);
        statement.Bind(2, session);
        return statement;
    }
}
