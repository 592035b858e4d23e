using System.Diagnostics;

namespace Serverless.Components.Clients.Sqlite;

/// <summary>Opens the connection that writes.</summary>
internal static class SqliteOpening
{
    public static SqliteConnection Open(SqliteSettings settings, Action<SqliteConnection> prepare)
    {
        var connection = SqliteConnection.Open(settings);
        try
        {
            if (connection.IsReadOnly && !settings.Source.IsReadOnly)
            {
                // SQLite opens a write-protected file without complaint.
                throw new SqliteException(SqliteCode.ReadOnly, (int)SqliteCode.ReadOnly, "the file is not writable");
            }

            Prepare(connection, prepare);
            if (settings.Source.File is not null && !connection.IsReadOnly)
            {
                SetJournal(connection, settings);
            }

            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static void Prepare(SqliteConnection connection, Action<SqliteConnection> prepare)
    {
        // Before the journal mode is set, so that a file which turns out to be somebody else's is left as it was.
        connection.RunPrepared(connection.IsReadOnly ? "BEGIN" : "BEGIN IMMEDIATE");
        prepare(connection);
        connection.RunPrepared("COMMIT");
    }

    private static void SetJournal(SqliteConnection connection, SqliteSettings settings)
    {
        var mode = settings.UseWal ? "wal" : "delete";
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                using var statement = connection.Prepare($"PRAGMA journal_mode={mode}");
                statement.Step();
                if (statement.Text(0) is var actual && actual != mode)
                {
                    throw new SqliteException(SqliteCode.Error, (int)SqliteCode.Error, $"journal mode '{mode}' is not possible here, only '{actual}'");
                }

                return;
            }
            catch (SqliteException failure) when (failure.Code == SqliteCode.Busy && Stopwatch.GetElapsedTime(start) < settings.BusyTimeout)
            {
                // SQLite does not wait for locks by itself when the mode changes.
                Thread.Yield();
            }
        }
    }
}
