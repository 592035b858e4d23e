namespace Serverless.Components.Clients.Sqlite;

/// <summary>One user's access to a database. All users of one file in this process share its writer and readers.</summary>
internal sealed class SqliteDatabase : IAsyncDisposable
{
    private readonly SqliteSharedFile _shared;
    private readonly SqliteFile _file;
    private readonly string _owner;
    private int _isClosed;

    private SqliteDatabase(SqliteSharedFile shared, SqliteFile file, string owner, SqliteDifference unapplied)
    {
        _shared = shared;
        _file = file;
        _owner = owner;
        Unapplied = unapplied;
    }

    /// <summary>Settings that wait until the file is opened alone, because the predecessor still had it open.</summary>
    public SqliteDifference Unapplied { get; }

    /// <summary>Groups that the writer has committed.</summary>
    public long Commits => _file.Writer.Commits;

    /// <summary>Opens the database, or joins those who have it open.</summary>
    /// <param name="settings">How to open it.</param>
    /// <param name="prepare">Creates or checks tables, within a transaction.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="SqliteSharingException">Others have it open with settings that contradict these.</exception>
    public static async Task<SqliteDatabase> OpenAsync(SqliteSettings settings, Action<SqliteConnection> prepare, CancellationToken cancellationToken)
    {
        settings = settings with { Source = settings.Source.Resolve() };
        if (settings.Source is { MayCreate: true, File: { } path })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        }

        var shared = SqliteSharedFile.Enter(settings.Source);
        try
        {
            await shared.Gate.WaitAsync(cancellationToken);
            try
            {
                return await EnterAsync(shared, settings, prepare, cancellationToken);
            }
            finally
            {
                shared.Gate.Release();
            }
        }
        catch
        {
            shared.Leave();
            throw;
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
            _shared.Users.Remove(_owner);
            if (_shared.Users.Count == 0)
            {
                _shared.File = null;
                await _file.CloseAsync();
            }
        }
        finally
        {
            _shared.Gate.Release();
            _shared.Leave();
        }
    }

    private static async Task<SqliteDatabase> EnterAsync(
        SqliteSharedFile shared, SqliteSettings settings, Action<SqliteConnection> prepare, CancellationToken cancellationToken)
    {
        var difference = SqliteDifference.None;
        if (shared.File is null)
        {
            shared.File = await StartAsync(new SqliteFile(settings, prepare), cancellationToken);
        }
        else
        {
            difference = settings.Compare(shared.File.Settings);
            if (difference != SqliteDifference.None && !shared.Users.Contains(settings.Owner))
            {
                throw new SqliteSharingException(difference);
            }

            await JoinAsync(shared.File, prepare, cancellationToken);
            shared.File.SetBusyTimeout(settings.BusyTimeout);
        }

        shared.Users.Add(settings.Owner);
        return new SqliteDatabase(shared, shared.File, settings.Owner, difference);
    }

    private static async Task<SqliteFile> StartAsync(SqliteFile file, CancellationToken cancellationToken)
    {
        try
        {
            await file.Writer.OpenedAsync(cancellationToken);
            return file;
        }
        catch (OperationCanceledException)
        {
            // Nobody will ever use it.
            file.Writer.Close();
            throw;
        }
    }

    private static Task<bool> JoinAsync(SqliteFile file, Action<SqliteConnection> prepare, CancellationToken cancellationToken) =>
        file.Writer.RunAsync(
            prepare,
            static (connection, prepare) =>
            {
                using var savepoint = new SqliteSavepoint(connection);
                prepare(connection);
                savepoint.Keep();
                return true;
            },
            cancellationToken);
}
