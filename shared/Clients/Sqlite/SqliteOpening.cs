using System.Diagnostics;

namespace Serverless.Components.Clients.Sqlite;

/// <summary>Opens the connection that writes, on the writer's own thread.</summary>
internal sealed class SqliteOpening(SqliteSettings settings, CancellationToken cancellationToken)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);
    private readonly long _start = Stopwatch.GetTimestamp();

    /// <exception cref="OperationCanceledException">Nobody wants it any more; the file was left alone.</exception>
    public SqliteConnection Open(Action<SqliteConnection> prepare)
    {
        // SQLite's own waits can't be canceled, and not all steps wait at all.
        var connection = WhileBusy(settings with { BusyTimeout = TimeSpan.Zero }, SqliteConnection.Open);
        try
        {
            if (connection.IsReadOnly && !settings.Source.IsReadOnly)
            {
                // SQLite opens a write-protected file without complaint.
                throw new SqliteException(SqliteCode.ReadOnly, "the file is not writable");
            }

            Prepare(connection, prepare);
            if (settings.Source.File is not null && !connection.IsReadOnly)
            {
                WhileBusy(connection, SetJournal);
            }

            connection.BusyTimeout = settings.BusyTimeout;
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private void Prepare(SqliteConnection connection, Action<SqliteConnection> prepare)
    {
        // Before the journal mode is set, so that a file which turns out to be somebody else's is left as it was.
        WhileBusy(connection, static connection => Run(connection, connection.IsReadOnly ? "BEGIN" : "BEGIN IMMEDIATE"));
        connection.BusyTimeout = settings.BusyTimeout;
        prepare(connection);
        connection.BusyTimeout = TimeSpan.Zero;
        WhileBusy(connection, static connection => Run(connection, "COMMIT"));
    }

    private static bool Run(SqliteConnection connection, string sql)
    {
        connection.RunPrepared(sql);
        return true;
    }

    private bool SetJournal(SqliteConnection connection)
    {
        var mode = settings.UseWal ? "wal" : "delete";
        using var statement = connection.Prepare($"PRAGMA journal_mode={mode}");
        statement.Step();
        return statement.Text(0) is var actual && actual == mode
            ? true
            : throw new SqliteException(SqliteCode.Error, $"journal mode '{mode}' is not possible here, only '{actual}'");
    }

    private TResult WhileBusy<TState, TResult>(TState state, Func<TState, TResult> step)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                return step(state);
            }
            catch (SqliteException failure) when (failure.Code == SqliteCode.Busy && Stopwatch.GetElapsedTime(_start) < settings.BusyTimeout)
            {
                cancellationToken.WaitHandle.WaitOne(Pause);
            }
        }
    }
}
