using System.Collections.Concurrent;

namespace Serverless.Components.Clients.Sqlite;

/// <summary>One user's access to a database. All users of one file in this process share its writer and readers.</summary>
internal sealed class SqliteDatabase : IAsyncDisposable
{
    // Process-wide by nature: two writers on one file would only wait for each other's locks.
    private static readonly ConcurrentDictionary<string, SharedFile> Files = new(
        OperatingSystem.IsWindows() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);

    private readonly SharedFile _shared;
    private readonly SqliteFile _file;
    private int _isClosed;

    private SqliteDatabase(SharedFile shared, SqliteFile file)
    {
        _shared = shared;
        _file = file;
    }

    /// <summary>Groups that the writer has committed.</summary>
    public long Commits => _file.Writer.Commits;

    /// <summary>Opens the database, or joins those who have it open; then their journal mode and pragmas hold.</summary>
    /// <param name="settings">How to open it.</param>
    /// <param name="prepare">Creates or checks tables, within a transaction.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<SqliteDatabase> OpenAsync(SqliteSettings settings, Action<SqliteConnection> prepare, CancellationToken cancellationToken)
    {
        var shared = settings.Source.File is { } path ? Files.GetOrAdd(path, static _ => new SharedFile()) : new SharedFile();
        await shared.Gate.WaitAsync(cancellationToken);
        try
        {
            if (shared.File is null)
            {
                var file = new SqliteFile(settings, prepare);
                try
                {
                    await file.Writer.OpenedAsync(cancellationToken);
                    shared.File = file;
                }
                catch (OperationCanceledException)
                {
                    // Nobody will ever use it.
                    file.Writer.Close();
                    throw;
                }
            }
            else
            {
                await JoinAsync(shared.File, settings, prepare, cancellationToken);
            }

            shared.Users++;
            return new SqliteDatabase(shared, shared.File);
        }
        finally
        {
            shared.Gate.Release();
        }
    }

    /// <summary>Reads; never waits for the writer unless the database is in memory.</summary>
    public ValueTask<TResult> ReadAsync<TState, TResult>(TState state, Func<SqliteConnection, TState, TResult> body, CancellationToken cancellationToken) =>
        _file.ReadAsync(state, body, cancellationToken);

    /// <summary>Writes; what the body did is durable when the task ends. A body with several statements needs a <see cref="SqliteSavepoint"/>.</summary>
    /// <exception cref="OperationCanceledException">The body has not run and never will.</exception>
    public Task<TResult> WriteAsync<TState, TResult>(TState state, Func<SqliteConnection, TState, TResult> body, CancellationToken cancellationToken) =>
        _file.Writer.RunAsync(state, body, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isClosed, 1) == 1)
        {
            return;
        }

        await _shared.Gate.WaitAsync(CancellationToken.None);
        try
        {
            if (--_shared.Users == 0)
            {
                _shared.File = null;
                await _file.CloseAsync();
            }
        }
        finally
        {
            _shared.Gate.Release();
        }
    }

    private static Task<bool> JoinAsync(SqliteFile file, SqliteSettings settings, Action<SqliteConnection> prepare, CancellationToken cancellationToken) =>
        file.Writer.RunAsync(
            (settings.BusyTimeout, prepare),
            static (connection, join) =>
            {
                connection.BusyTimeout = join.BusyTimeout;
                using var savepoint = new SqliteSavepoint(connection);
                join.prepare(connection);
                savepoint.Keep();
                return true;
            },
            cancellationToken);

    private sealed class SharedFile
    {
        public SemaphoreSlim Gate { get; } = new(1);

        public SqliteFile? File { get; set; }

        public int Users { get; set; }
    }
}
