using System.Text;
using Microsoft.Extensions.Logging;
using Serverless.Components.Clients.Sqlite;
using Serverless.Components.State;
using Serverless.Components.State.Sqlite;
using Serverless.Tests.Functions.Http;

namespace Serverless.Tests.Components.State.Sqlite;

/// <summary>Several stores, or processes, on one file.</summary>
public sealed class SqliteSharingTests : IDisposable
{
    private readonly SqliteFolder _folder = new();
    private readonly ManualTimeProvider _clock = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task TwoStores_ShareOneWriter_AndOutliveEachOther()
    {
        var old = await OpenAsync();
        await using var successor = await OpenAsync();
        await SetAsync(old, "k", "1");
        await SetAsync(successor, "k", "2");

        Assert.Equal(old.Database.Commits, successor.Database.Commits);
        Assert.Equal("2", await TextAsync(old, "k"));
        await old.DisposeAsync();
        await SetAsync(successor, "k", "3");
        Assert.Equal("3", await TextAsync(successor, "k"));
    }

    [Fact]
    public async Task TwoStoresAtOnce_OpenANewFileTogether()
    {
        var stores = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => OpenAsync(), Cancellation)));

        await Task.WhenAll(stores.Select((store, i) => SetAsync(store, $"k{i}", $"{i}")));

        Assert.Equal("8", await _folder.ShellAsync("SELECT count(*) FROM state;"));
        foreach (var store in stores)
        {
            await store.DisposeAsync();
        }
    }

    [Fact]
    public async Task Reopened_KeepsWhatWasWrittenAndLeavesNoSideFiles()
    {
        await using (var store = await OpenAsync())
        {
            await SetAsync(store, "k", "1");
        }

        Assert.Equal([_folder.File], Directory.GetFiles(_folder.Directory));
        await using var again = await OpenAsync();
        Assert.Equal("1", await TextAsync(again, "k"));
    }

    [Fact]
    public async Task AnotherProcessWrites_MeanwhileNothingIsLost()
    {
        await using var store = await OpenAsync();
        var sql = new StringBuilder(".timeout 5000\n");
        for (var i = 0; i < 500; i++)
        {
            sql.Append($"INSERT INTO state (key, value, is_binary, etag) VALUES ('shell{i}', '{i}', 0, 'e');\n");
        }

        var shell = _folder.ShellAsync(sql.ToString());
        for (var i = 0; i < 500; i++)
        {
            await SetAsync(store, $"store{i}", $"{i}");
        }

        Assert.Equal("", await shell);
        Assert.Equal("1000", await _folder.ShellAsync("SELECT count(*) FROM state;"));
        Assert.Equal("499", await TextAsync(store, "shell499"));
    }

    [Fact]
    public async Task CommitBlockedByAReaderOfAnotherProcess_FailsAndWritesNothing()
    {
        await using var store = await OpenAsync(("disableWAL", "true"), ("busyTimeout", "100ms"));
        await SetAsync(store, "k", "1");
        using var shell = _folder.StartShell();
        await shell.StandardInput.WriteLineAsync("BEGIN; SELECT value FROM state;");
        await shell.StandardInput.FlushAsync(Cancellation);
        Assert.Equal("1", await shell.StandardOutput.ReadLineAsync(Cancellation));

        var failure = await Assert.ThrowsAsync<SqliteException>(() => SetAsync(store, "k", "2"));

        Assert.Equal(SqliteCode.Busy, failure.Code);
        shell.StandardInput.Close();
        await shell.WaitForExitAsync(Cancellation);
        Assert.Equal("1", await TextAsync(store, "k"));
        await SetAsync(store, "k", "3");
        Assert.Equal("3", await TextAsync(store, "k"));
    }

    [Fact]
    public async Task WriteLockOfAnotherProcess_LongerThanTheTimeout_EndsTheWait()
    {
        await using var store = await OpenAsync(("timeout", "1s"), ("busyTimeout", "30s"));
        using var shell = _folder.StartShell();
        await shell.StandardInput.WriteLineAsync("BEGIN IMMEDIATE; SELECT 'locked';");
        await shell.StandardInput.FlushAsync(Cancellation);
        Assert.Equal("locked", await shell.StandardOutput.ReadLineAsync(Cancellation));

        var failure = await Assert.ThrowsAsync<TimeoutException>(() => SetAsync(store, "k", "1"));
        using var cancel = new CancellationTokenSource();
        var canceled = store.DeleteAsync(new StateDelete { Key = "k" }, cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => canceled);

        Assert.Equal("SQLite did not get to the write within 1s; nothing was written", failure.Message);
        shell.StandardInput.Close();
        await shell.WaitForExitAsync(Cancellation);
        await SetAsync(store, "other", "1");
        Assert.Null(await TextAsync(store, "k"));
    }

    [Fact]
    public async Task Cleanup_RemovesExpiredRowsAndRecordsItself()
    {
        await using var store = await OpenAsync(("cleanupInterval", "60s"));
        await SetAsync(store, "forever", "1");
        await SetAsync(store, "long", "1", "3600");
        for (var i = 0; i < 1200; i++)
        {
            await SetAsync(store, $"short{i}", "1", "30");
        }

        var before = store.Database.Commits;
        _clock.Advance(TimeSpan.FromSeconds(60));
        await UntilAsync(() => store.Database.Commits >= before + 4);

        Assert.Equal("forever\nlong", await _folder.ShellAsync("SELECT key FROM state ORDER BY key;"));
        Assert.Equal("2026-03-01 12:01:00", await _folder.ShellAsync("SELECT value FROM metadata WHERE key = 'last-cleanup';"));
    }

    [Fact]
    public async Task Cleanup_DoneByAnotherProcessJustNow_IsLeftOut()
    {
        await using var store = await OpenAsync(("cleanupInterval", "60s"));
        await SetAsync(store, "short", "1", "30");
        await _folder.ShellAsync("INSERT INTO metadata VALUES ('last-cleanup', '2026-03-01 12:00:30');");

        var before = store.Database.Commits;
        _clock.Advance(TimeSpan.FromSeconds(60));
        await UntilAsync(() => store.Database.Commits > before);

        Assert.Equal("1", await _folder.ShellAsync("SELECT count(*) FROM state;"));
    }

    [Fact]
    public async Task Cleanup_ThatFails_IsLoggedAndTriedAgain()
    {
        var log = new LogCapture();
        var clock = new FaultyClock(_clock);
        await using var store = new SqliteStateStore(_folder.Context(clock, ("cleanupInterval", "60s")).LoggingTo(log));
        await store.InitializeAsync(Cancellation);
        await SetAsync(store, "short", "1", "30");

        clock.Fails = true;
        _clock.Advance(TimeSpan.FromSeconds(60));
        await UntilAsync(() => !log.Messages.IsEmpty);
        clock.Fails = false;
        var before = store.Database.Commits;
        _clock.Advance(TimeSpan.FromSeconds(60));
        await UntilAsync(() => store.Database.Commits >= before + 2);

        Assert.Equal("Error: component 'statestore': expired rows were not removed", log.Messages.First());
        Assert.Equal("0", await _folder.ShellAsync("SELECT count(*) FROM state;"));
    }

    [Fact]
    public async Task Cleanup_ThatEndsInAFault_LeavesTheFileClosed()
    {
        var clock = new FaultyClock(_clock);
        var store = new SqliteStateStore(_folder.Context(clock, ("cleanupInterval", "60s")).LoggingTo(new FaultyLog()));
        await store.InitializeAsync(Cancellation);
        clock.Fails = true;
        _clock.Advance(TimeSpan.FromSeconds(60));
        await UntilAsync(() => _clock.ArmedTimers == 0);

        Assert.Equal("no log", (await Assert.ThrowsAsync<InvalidOperationException>(async () => await store.DisposeAsync())).Message);

        Assert.Equal([_folder.File], Directory.GetFiles(_folder.Directory));
    }

    [Fact]
    public async Task Cleanup_OffByDefault()
    {
        await using var store = await OpenAsync();

        Assert.Equal(0, _clock.ArmedTimers);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            Cancellation.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private static async Task SetAsync(SqliteStateStore store, string key, string value, string ttl = "") => Assert.Equal(
        StateResult.Done,
        await store.SetAsync(
            new StateSet { Key = key, Value = Encoding.UTF8.GetBytes(value), Metadata = new Dictionary<string, string> { ["ttlInSeconds"] = ttl } },
            Cancellation));

    private static async Task<string?> TextAsync(SqliteStateStore store, string key) =>
        await store.GetAsync(new StateGet(key, "", StateMetadata.Empty), Cancellation) is { } entry ? Encoding.UTF8.GetString(entry.Value.Span) : null;

    private async Task<SqliteStateStore> OpenAsync(params (string Name, string Value)[] items)
    {
        var store = _folder.Store(_clock, items);
        await store.InitializeAsync(Cancellation);
        return store;
    }

    private sealed class FaultyClock(TimeProvider clock) : TimeProvider
    {
        public bool Fails { get; set; }

        public override DateTimeOffset GetUtcNow() => Fails ? throw new InvalidOperationException("no time") : clock.GetUtcNow();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            clock.CreateTimer(callback, state, dueTime, period);
    }

    private sealed class FaultyLog : ILoggerFactory
    {
        public ILogger CreateLogger(string categoryName) => throw new InvalidOperationException("no log");

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public void Dispose()
        {
        }
    }
}
