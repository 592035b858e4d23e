namespace Serverless.Components.Clients.Sqlite;

/// <summary>What all users of one database share: its writer and its readers.</summary>
internal sealed class SqliteFile(SqliteSettings settings, Action<SqliteConnection> prepare)
{
    // A database in memory lives in the writer's connection.
    private readonly SqliteReaders? _readers = settings.Source.File is null ? null : new SqliteReaders(settings);

    /// <summary>What it was opened with.</summary>
    public SqliteSettings Settings => settings;

    public SqliteWriter Writer { get; } = new(settings, prepare);

    public ValueTask<TResult> ReadAsync<TState, TResult>(TState state, Func<SqliteConnection, TState, TResult> body, CancellationToken cancellationToken) =>
        _readers is null ? new(Writer.RunAsync(state, body, cancellationToken)) : _readers.RunAsync(state, body, cancellationToken);

    public void SetBusyTimeout(TimeSpan timeout)
    {
        Writer.BusyTimeout = timeout;
        _readers?.BusyTimeout = timeout;
    }

    public async Task CloseAsync()
    {
        if (_readers is not null)
        {
            await _readers.DisposeAsync();
        }

        // Last, because the last connection to close empties the write-ahead log.
        await Writer.DisposeAsync();
    }
}
