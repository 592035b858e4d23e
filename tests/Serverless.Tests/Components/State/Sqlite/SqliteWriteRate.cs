using System.Diagnostics;
using System.Text;
using Serverless.Components.State;
using Serverless.Components.State.Sqlite;

namespace Serverless.Tests.Components.State.Sqlite;

/// <summary>Durable writes per second of the store, and of the sqlite3 shell doing the same row by row.</summary>
internal static class SqliteWriteRate
{
    private const int Keys = 1000;

    /// <summary>Writes through the store from several callers that each wait for their own write.</summary>
    /// <returns>Writes per second, and writes per commit.</returns>
    public static async Task<(double Rate, double Group)> StoreAsync(SqliteFolder folder, int callers, int writes, CancellationToken cancellationToken)
    {
        await using var store = folder.Store(TimeProvider.System);
        await store.InitializeAsync(cancellationToken);
        await WriteAsync(store, callers, Math.Min(writes, 2000), cancellationToken);
        var commits = store.Database.Commits;
        var start = Stopwatch.GetTimestamp();
        await WriteAsync(store, callers, writes, cancellationToken);
        return (writes / Stopwatch.GetElapsedTime(start).TotalSeconds, (double)writes / (store.Database.Commits - commits));
    }

    /// <summary>Feeds the shell one autocommit statement per line, with the store's journal and synchronous modes.</summary>
    public static async Task<double> ShellAsync(SqliteFolder folder, int writes, CancellationToken cancellationToken)
    {
        await using (var store = folder.Store(TimeProvider.System))
        {
            await store.InitializeAsync(cancellationToken);
        }

        using var shell = folder.StartShell();
        var input = shell.StandardInput;
        await input.WriteAsync("PRAGMA synchronous=FULL;\n");
        await WriteRowsAsync(shell, 500, cancellationToken);
        var start = Stopwatch.GetTimestamp();
        await WriteRowsAsync(shell, writes, cancellationToken);
        var elapsed = Stopwatch.GetElapsedTime(start);
        input.Close();
        await shell.WaitForExitAsync(cancellationToken);
        return writes / elapsed.TotalSeconds;
    }

    private static Task WriteAsync(SqliteStateStore store, int callers, int writes, CancellationToken cancellationToken) =>
        Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(
            async () =>
            {
                for (var i = caller; i < writes; i += callers)
                {
                    await store.SetAsync(new StateSet { Key = Key(i), Value = Encoding.UTF8.GetBytes(Value(i)) }, cancellationToken);
                }
            },
            cancellationToken)));

    private static async Task WriteRowsAsync(Process shell, int writes, CancellationToken cancellationToken)
    {
        var sql = new StringBuilder();
        for (var i = 0; i < writes; i++)
        {
            sql.Append($"INSERT OR REPLACE INTO state (key, value, is_binary, etag, update_time, expiration_time) VALUES ('{Key(i)}', '{Value(i)}', 0, '{Guid.NewGuid()}', CURRENT_TIMESTAMP, NULL);\n");
        }

        sql.Append("SELECT 'done';\n");
        await shell.StandardInput.WriteAsync(sql, cancellationToken);
        await shell.StandardInput.FlushAsync(cancellationToken);
        await shell.StandardOutput.ReadLineAsync(cancellationToken);
    }

    private static string Key(int i) => $"app||key-{i % Keys}";

    private static string Value(int i) => $$"""{"number":{{i}},"text":"{{new string('x', 80)}}"}""";
}
