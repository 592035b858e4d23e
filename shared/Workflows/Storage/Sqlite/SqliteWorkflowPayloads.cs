using Serverless.Components.Clients.Sqlite;

namespace Serverless.Components.Workflows.Storage.Sqlite;

/// <summary>The statements on payloads, which may be there before their instance.</summary>
internal sealed class SqliteWorkflowPayloads(SqliteWorkflowTables tables, TimeProvider time)
{
    private readonly string _put = $"""
        INSERT INTO {tables.Payloads} (app, instance, key, payload, loose_since)
        VALUES (?1, ?2, ?3, ?4, CASE WHEN EXISTS (SELECT 1 FROM {tables.Instances} WHERE app = ?1 AND id = ?2) THEN NULL ELSE ?5 END)
        ON CONFLICT (app, instance, key) DO UPDATE SET payload = excluded.payload
        """;

    private readonly string _get = $"SELECT payload FROM {tables.Payloads} WHERE app = ?1 AND instance = ?2 AND key = ?3";

    private readonly string _keys = $"SELECT key FROM {tables.Payloads} WHERE app = ?1 AND instance = ?2 AND key >= ?3 ORDER BY key";

    private readonly string _remove = $"DELETE FROM {tables.Payloads} WHERE app = ?1 AND instance = ?2 AND key = ?3";

    private readonly string _anyLoose = $"SELECT 1 FROM {tables.Payloads} INDEXED BY {tables.Index("loose")} WHERE app = ?1 AND loose_since < ?2 LIMIT 1";

    private readonly string _removeLoose = $"""
        DELETE FROM {tables.Payloads} INDEXED BY {tables.Index("loose")}
        WHERE app = ?1 AND loose_since < ?2 AND NOT EXISTS (SELECT 1 FROM {tables.Instances} AS i WHERE i.app = ?1 AND i.id = {tables.Payloads}.instance)
        """;

    private readonly string _settleLoose = $"UPDATE {tables.Payloads} INDEXED BY {tables.Index("loose")} SET loose_since = NULL WHERE app = ?1 AND loose_since < ?2";

    public void Put(SqliteConnection connection, string instanceId, string key, ReadOnlyMemory<byte> payload)
    {
        using var statement = Bind(connection, _put, instanceId, key);
        statement.BindBlob(4, payload);
        statement.Bind(5, time.GetUtcNow().UtcTicks);
        statement.Execute();
    }

    public byte[]? Get(SqliteConnection connection, string instanceId, string key)
    {
        using var statement = Bind(connection, _get, instanceId, key);
        return statement.Step() ? statement.Blob(0).ToArray() : null;
    }

    /// <summary>Removes the payloads whose keys begin with a text, but for some.</summary>
    public void Trim(SqliteConnection connection, string instanceId, string prefix, IReadOnlyCollection<string> keep) =>
        Remove(connection, instanceId, prefix, keep.Contains);

    /// <summary>Removes all of an instance, but for those whose keys begin with certain texts.</summary>
    public void RemoveAll(SqliteConnection connection, string instanceId, IReadOnlyList<string> kept) =>
        Remove(connection, instanceId, "", key => kept.Any(prefix => key.StartsWith(prefix, StringComparison.Ordinal)));

    private void Remove(SqliteConnection connection, string instanceId, string prefix, Predicate<string> stays)
    {
        List<string> gone = [];
        using (var find = Bind(connection, _keys, instanceId, prefix))
        {
            while (find.Step() && find.Text(0) is var key && key.StartsWith(prefix, StringComparison.Ordinal))
            {
                if (!stays(key))
                {
                    gone.Add(key);
                }
            }
        }

        foreach (var key in gone)
        {
            using var remove = Bind(connection, _remove, instanceId, key);
            remove.Execute();
        }
    }

    /// <summary>True when payloads from before a time had no instance then.</summary>
    public bool HasLoose(SqliteConnection connection, DateTimeOffset before)
    {
        using var statement = BindLoose(connection, _anyLoose, before);
        return statement.Step();
    }

    /// <summary>Removes payloads from before a time whose instance was never created.</summary>
    public void RemoveLoose(SqliteConnection connection, DateTimeOffset before)
    {
        using (var remove = BindLoose(connection, _removeLoose, before))
        {
            remove.Execute();
        }

        using var settle = BindLoose(connection, _settleLoose, before);
        settle.Execute();
    }

    private SqliteStatement BindLoose(SqliteConnection connection, string sql, DateTimeOffset before)
    {
        var statement = connection.Prepare(sql);
        statement.Bind(1, tables.App);
        statement.Bind(2, before.UtcTicks);
        return statement;
    }

    private SqliteStatement Bind(SqliteConnection connection, string sql, string instanceId, string key)
    {
        var statement = connection.Prepare(sql);
        statement.Bind(1, tables.App);
        statement.Bind(2, instanceId);
        statement.Bind(3, key);
        return statement;
    }
}
