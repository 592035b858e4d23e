using Serverless.Components.Clients.Sqlite;

namespace Serverless.Tests.Clients.Sqlite;

public sealed class SqliteOpeningTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("serverless-opening-").FullName;
    private readonly SqliteSettings _settings;
    private readonly SqliteConnection _other;

    public SqliteOpeningTests()
    {
        _settings = new SqliteSettings { Source = SqliteSource.Parse(Path.Combine(_directory, "test.db")), BusyTimeout = TimeSpan.FromMinutes(10) };
        _other = SqliteConnection.Open(_settings);
        _other.Run("CREATE TABLE other (id INTEGER)");
    }

    public void Dispose()
    {
        _other.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Theory]
    [InlineData("BEGIN IMMEDIATE")]
    [InlineData("BEGIN EXCLUSIVE")]
    public async Task Open_Locked_CanBeCanceledAndLeavesTheFileAlone(string lockStatement)
    {
        _other.Run(lockStatement);
        using var cancel = new CancellationTokenSource();
        var opening = StartAsync(static _ => Assert.Fail("never locked"), cancel.Token);

        await cancel.CancelAsync();

        await Assert.ThrowsAsync<OperationCanceledException>(() => opening);
    }

    [Fact]
    public async Task Open_JournalModeHeldByAReader_CanBeCanceled()
    {
        _other.Run("BEGIN; SELECT * FROM other");
        using var cancel = new CancellationTokenSource();
        var prepared = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var opening = StartAsync(_ => prepared.SetResult(), cancel.Token);
        await prepared.Task;

        await cancel.CancelAsync();

        await Assert.ThrowsAsync<OperationCanceledException>(() => opening);
    }

    [Fact]
    public async Task Open_JournalModeHeldByAReader_WaitsForIt()
    {
        _other.Run("BEGIN; SELECT * FROM other");
        var prepared = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var opening = StartAsync(_ => prepared.SetResult(), TestContext.Current.CancellationToken);
        await prepared.Task;

        _other.Run("COMMIT");

        using var connection = await opening;
        using var mode = connection.Prepare("PRAGMA journal_mode");
        mode.Step();
        Assert.Equal("wal", mode.Text(0));
        Assert.Equal(_settings.BusyTimeout, connection.BusyTimeout);
    }

    private Task<SqliteConnection> StartAsync(Action<SqliteConnection> prepare, CancellationToken cancellationToken) =>
        Task.Run(() => new SqliteOpening(_settings, cancellationToken).Open(prepare), TestContext.Current.CancellationToken);
}
