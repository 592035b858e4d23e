using Serverless.Components.Clients.Sqlite;

namespace Serverless.Tests.Clients.Sqlite;

public sealed class SqliteLogTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("serverless-log-").FullName;
    private readonly ManualTimeProvider _clock = new();
    private readonly SqliteSettings _settings;
    private readonly SqliteConnection _connection;

    public SqliteLogTests()
    {
        _settings = new SqliteSettings { Source = SqliteSource.Parse(Path.Combine(_directory, "log.db")), Time = _clock };
        _connection = new SqliteOpening(_settings, CancellationToken.None).Open(static connection => connection.Run("CREATE TABLE t (id INTEGER)"));
        _connection.Run("INSERT INTO t VALUES (1)");
    }

    private long Length => new FileInfo(_settings.Source.File + "-wal").Length;

    public void Dispose()
    {
        _connection.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public void Trim_LargeLog_IsEmptiedOnceASecondHasPassed()
    {
        var log = new SqliteLog(_settings, limit: 1);
        _clock.Advance(TimeSpan.FromMilliseconds(999));
        log.Trim(_connection);
        Assert.NotEqual(0, Length);

        _clock.Advance(TimeSpan.FromMilliseconds(1));
        log.Trim(_connection);

        Assert.Equal(0, Length);
        Assert.Equal(_settings.BusyTimeout, _connection.BusyTimeout);
        _connection.Run("INSERT INTO t VALUES (2)");
        Assert.NotEqual(0, Length);
        log.Trim(_connection);
        Assert.NotEqual(0, Length);
    }

    [Fact]
    public void Trim_SmallLog_Stays()
    {
        var log = new SqliteLog(_settings);
        _clock.Advance(TimeSpan.FromSeconds(1));

        log.Trim(_connection);

        Assert.NotEqual(0, Length);
    }

    [Fact]
    public void Trim_LogThatAnotherReads_StaysUntilTheNextAttempt()
    {
        var log = new SqliteLog(_settings, limit: 1);
        using var reader = SqliteConnection.Open(_settings);
        reader.Run("BEGIN; SELECT * FROM t");
        _clock.Advance(TimeSpan.FromSeconds(1));
        log.Trim(_connection);
        Assert.NotEqual(0, Length);

        reader.Run("COMMIT");
        _clock.Advance(TimeSpan.FromSeconds(1));
        log.Trim(_connection);

        Assert.Equal(0, Length);
    }
}
