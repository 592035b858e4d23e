namespace Serverless.Components.Clients.Sqlite;

/// <summary>Bounds the write-ahead log: SQLite itself starts it anew only when no reader is active, which may never happen.</summary>
internal sealed class SqliteLog(SqliteSettings settings, long limit = 64 << 20)
{
    private static readonly TimeSpan AttemptInterval = TimeSpan.FromSeconds(1);

    // New readers do not use the log, so a short wait is enough unless another process reads for long.
    private static readonly TimeSpan AttemptTimeout = TimeSpan.FromMilliseconds(50);

    private readonly string? _file = settings is { UseWal: true, Source: { File: { } file, IsReadOnly: false } } ? file + "-wal" : null;
    private long _lastLook = settings.Time.GetTimestamp();

    /// <summary>Called by the writer between groups.</summary>
    public void Trim(SqliteConnection connection)
    {
        if (_file is null || settings.Time.GetElapsedTime(_lastLook) < AttemptInterval)
        {
            return;
        }

        _lastLook = settings.Time.GetTimestamp();
        if (new FileInfo(_file) is { Exists: true } log && log.Length > limit)
        {
            Empty(connection);
        }
    }

    /// <summary>Moves the log's content into the file and empties it, unless readers prevent that for the moment.</summary>
    public static void Empty(SqliteConnection connection)
    {
        var busyTimeout = connection.BusyTimeout;
        connection.BusyTimeout = AttemptTimeout;
        try
        {
            connection.RunPrepared("PRAGMA wal_checkpoint(TRUNCATE)");
        }
        catch (SqliteException)
        {
            // Nothing is lost: the next attempt is a second away, and writes report their own failures.
        }
        finally
        {
            connection.BusyTimeout = busyTimeout;
        }
    }
}
