using Serverless.Components.Clients.Sqlite;

namespace Serverless.Components.State.Sqlite;

/// <summary>Removes expired rows, unless another process did so within the interval.</summary>
internal sealed class SqliteStateCleanup(SqliteStateOptions options, TimeSpan interval, TimeProvider time)
{
    private const int WalkSize = 10_000;
    private const int ChunkSize = 500;

    // Dapr's margin, so that a timer that fires a little early still counts.
    private static readonly TimeSpan Margin = TimeSpan.FromMilliseconds(100);

    private readonly string _claim = $"""
        INSERT INTO "{options.MetadataTableName}" (key, value) VALUES ('last-cleanup', ?1)
        ON CONFLICT (key) DO UPDATE SET value = excluded.value
        WHERE (strftime('%s', excluded.value) - strftime('%s', value)) * 1000 > ?2
        """;

    private readonly string _find = $"""SELECT key FROM "{options.TableName}" WHERE expiration_time <= ?1 LIMIT {WalkSize}""";

    private readonly string _delete = $"""DELETE FROM "{options.TableName}" WHERE key = ?2 AND expiration_time <= ?1""";

    /// <summary>Runs once. The table is walked by a reader and emptied in chunks, so that writers never wait for long.</summary>
    /// <returns>How many rows were removed.</returns>
    public async Task<int> RunAsync(SqliteDatabase database, CancellationToken cancellationToken)
    {
        if (!await database.WriteAsync(this, static (connection, cleanup) => cleanup.Claim(connection), cancellationToken))
        {
            return 0;
        }

        var total = 0;
        List<string> keys;
        do
        {
            keys = await database.ReadAsync(this, static (connection, cleanup) => cleanup.Find(connection), cancellationToken);
            foreach (var chunk in keys.Chunk(ChunkSize))
            {
                total += await database.WriteAsync((this, chunk), static (connection, part) => part.Item1.Delete(connection, part.chunk), cancellationToken);
            }
        }
        while (keys.Count == WalkSize);

        return total;
    }

    private bool Claim(SqliteConnection connection)
    {
        using var statement = connection.Prepare(_claim);
        BindNow(statement);
        statement.Bind(2, (long)(interval - Margin).TotalMilliseconds);
        return statement.Execute() > 0;
    }

    private List<string> Find(SqliteConnection connection)
    {
        using var statement = connection.Prepare(_find);
        BindNow(statement);
        List<string> keys = [];
        while (statement.Step())
        {
            keys.Add(statement.Text(0));
        }

        return keys;
    }

    private int Delete(SqliteConnection connection, string[] keys)
    {
        using var savepoint = new SqliteSavepoint(connection);
        var removed = 0;
        foreach (var key in keys)
        {
            using var statement = connection.Prepare(_delete);
            BindNow(statement);
            statement.Bind(2, key);
            removed += statement.Execute();
        }

        savepoint.Keep();
        return removed;
    }

    private void BindNow(SqliteStatement statement) =>
        statement.Bind(1, SqliteTimestamp.Write(time.GetUtcNow(), stackalloc byte[SqliteTimestamp.Length]));
}
