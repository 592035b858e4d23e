namespace Serverless.Components.Clients.Sqlite;

/// <summary>What all users of one database share: its writer and its readers.</summary>
internal sealed class SqliteFile(SqliteWriter writer, SqliteReaders? readers)
{
    public SqliteWriter Writer => writer;

    public static async Task<SqliteFile> OpenAsync(SqliteSettings settings, Action<SqliteConnection> prepare, CancellationToken cancellationToken)
    {
        var writer = await SqliteWriter.StartAsync(settings, prepare, cancellationToken);

        // A database in memory lives in the writer's connection.
        return new SqliteFile(writer, settings.Source.File is null ? null : new SqliteReaders(settings));
    }

    public ValueTask<TResult> ReadAsync<TState, TResult>(TState state, Func<SqliteConnection, TState, TResult> body, CancellationToken cancellationToken) =>
        readers is null ? new(writer.RunAsync(state, body, cancellationToken)) : readers.RunAsync(state, body, cancellationToken);

    public async Task CloseAsync()
    {
        if (readers is not null)
        {
            await readers.DisposeAsync();
        }

        // Last, because the last connection to close empties the write-ahead log.
        await writer.DisposeAsync();
    }
}
