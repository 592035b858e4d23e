using Serverless.Components.Clients.Sqlite;
using Serverless.Components.Registry;
using Serverless.Components.State;
using Serverless.Components.State.Sqlite;

namespace Serverless.Tests.Components.State.Sqlite;

public sealed class SqliteFileFaultTests : IDisposable
{
    private readonly SqliteFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task CorruptFile_IsRefusedAndLeftAlone()
    {
        var garbage = "this is not a database, but long enough to hold a header of one hundred bytes, and then some more text"u8.ToArray();
        await File.WriteAllBytesAsync(_folder.File, garbage, Cancellation);

        Assert.Equal($"component 'statestore': SQLite file '{_folder.File}': file is not a database", await RefusalAsync());

        Assert.Equal(garbage, await File.ReadAllBytesAsync(_folder.File, Cancellation));
        Assert.Equal([_folder.File], Directory.GetFiles(_folder.Directory));
    }

    [Fact]
    public async Task FileLockedByAnotherProcess_IsRefusedAfterTheBusyTimeout()
    {
        using var shell = _folder.StartShell();
        await shell.StandardInput.WriteLineAsync("CREATE TABLE t(a); PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE; SELECT 'locked';");
        await shell.StandardInput.FlushAsync(Cancellation);
        Assert.Equal("exclusive", await shell.StandardOutput.ReadLineAsync(Cancellation));
        Assert.Equal("locked", await shell.StandardOutput.ReadLineAsync(Cancellation));

        Assert.Equal(
            $"component 'statestore': SQLite file '{_folder.File}': database is locked (by another process, for 0.2s)",
            await RefusalAsync(("busyTimeout", "200ms")));

        shell.StandardInput.Close();
        await shell.WaitForExitAsync(Cancellation);
        await using var store = _folder.Store(TimeProvider.System);
        await store.InitializeAsync(Cancellation);
    }

    [Fact]
    public async Task FileLockedByAnotherProcess_InitialisationCanBeCanceled()
    {
        using var shell = _folder.StartShell();
        await shell.StandardInput.WriteLineAsync("CREATE TABLE t(a); BEGIN EXCLUSIVE; SELECT 'locked';");
        await shell.StandardInput.FlushAsync(Cancellation);
        Assert.Equal("locked", await shell.StandardOutput.ReadLineAsync(Cancellation));
        await using var store = _folder.Store(TimeProvider.System, ("busyTimeout", "60s"));
        using var cancel = new CancellationTokenSource();

        var opening = store.InitializeAsync(cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => opening);

        shell.StandardInput.Close();
        await shell.WaitForExitAsync(Cancellation);
        await store.InitializeAsync(Cancellation);
        Assert.Equal(StateResult.Done, await store.SetAsync(Set("k", "1"), Cancellation));
    }

    [Fact]
    public async Task FileLockedWhileRunning_FailsTheWriteAndNothingElse()
    {
        await using var store = _folder.Store(TimeProvider.System, ("busyTimeout", "100ms"));
        await store.InitializeAsync(Cancellation);
        await store.SetAsync(Set("k", "1"), Cancellation);
        using var shell = _folder.StartShell();
        await shell.StandardInput.WriteLineAsync("BEGIN IMMEDIATE; SELECT 'locked';");
        await shell.StandardInput.FlushAsync(Cancellation);
        Assert.Equal("locked", await shell.StandardOutput.ReadLineAsync(Cancellation));

        var failure = await Assert.ThrowsAsync<SqliteException>(async () => await store.SetAsync(Set("k", "2"), Cancellation));

        Assert.Equal("database is locked", failure.Message);
        Assert.NotNull(await store.GetAsync(new StateGet("k", "", StateMetadata.Empty), Cancellation));
        shell.StandardInput.Close();
        await shell.WaitForExitAsync(Cancellation);
        Assert.Equal(StateResult.Done, await store.SetAsync(Set("k", "3"), Cancellation));
    }

    [Fact]
    public async Task DirectoryThatCannotBe_IsRefused()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.Directory, "occupied"), "", Cancellation);
        var file = Path.Combine(_folder.Directory, "occupied", "state.db");

        Assert.StartsWith($"component 'statestore': SQLite file '{file}': ", await RefusalAsync(("connectionString", file)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task LoopOfLinks_IsRefusedNotBeforeInitialisation()
    {
        File.CreateSymbolicLink(_folder.File, _folder.File);

        Assert.StartsWith($"component 'statestore': SQLite file '{_folder.File}': ", await RefusalAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PathOfADirectory_IsRefused() => Assert.Equal(
        $"component 'statestore': SQLite file '{_folder.Directory}': unable to open database file",
        await RefusalAsync(("connectionString", _folder.Directory)));

    [Fact]
    public async Task ReadOnlyFile_ServesReadsAndRefusesWrites()
    {
        await using (var writer = _folder.Store(TimeProvider.System))
        {
            await writer.InitializeAsync(Cancellation);
            await writer.SetAsync(Set("k", "1"), Cancellation);
        }

        await using var store = _folder.Store(TimeProvider.System, ("connectionString", $"file:{_folder.File}?mode=ro"));
        await store.InitializeAsync(Cancellation);

        Assert.NotNull(await store.GetAsync(new StateGet("k", "", StateMetadata.Empty), Cancellation));
        var failure = await Assert.ThrowsAsync<SqliteException>(async () => await store.SetAsync(Set("k", "2"), Cancellation));
        Assert.Equal("attempt to write a readonly database", failure.Message);
    }

    [Fact]
    public async Task MissingFile_WithModeRw_IsNotCreated()
    {
        Assert.EndsWith("unable to open database file", await RefusalAsync(("connectionString", $"file:{_folder.File}?mode=rw")), StringComparison.Ordinal);

        Assert.False(File.Exists(_folder.File));
    }

    [Fact]
    public async Task MissingDirectory_IsCreated()
    {
        var file = Path.Combine(_folder.Directory, "a", "b c%41?".TrimEnd('?'), "state.db");
        await using var store = _folder.Store(TimeProvider.System, ("connectionString", file));

        await store.InitializeAsync(Cancellation);

        Assert.True(File.Exists(file));
    }

    [Fact]
    public async Task FullDisk_FailsTheWriteWithSqlitesWordsAndKeepsTheRest()
    {
        await using var store = _folder.Store(TimeProvider.System, ("connectionString", $"{_folder.File}?_pragma=max_page_count(30)"));
        await store.InitializeAsync(Cancellation);
        await store.SetAsync(Set("small", "1"), Cancellation);

        var large = Set("large", $"\"{new string('x', 1 << 20)}\"");
        var failure = await Assert.ThrowsAsync<SqliteException>(async () => await store.SetAsync(large, Cancellation));
        await Assert.ThrowsAsync<SqliteException>(async () => await store.TransactAsync(
            new StateTransaction([new StateOperation(Set("other", "1")), new StateOperation(large)], StateMetadata.Empty), Cancellation));

        Assert.Equal("database or disk is full", failure.Message);
        Assert.Null(await store.GetAsync(new StateGet("other", "", StateMetadata.Empty), Cancellation));
        Assert.Equal(StateResult.Done, await store.SetAsync(Set("small", "2"), Cancellation));
    }

    [Fact]
    public void MissingLibrary_IsToldInOneLine()
    {
        var failure = Assert.Throws<DllNotFoundException>(() => SqliteLibrary.Load("no-such-library"));

        Assert.Contains("SQLite library not found", failure.Message, StringComparison.Ordinal);
        Assert.Contains("install the package libsqlite3-0", failure.Message, StringComparison.Ordinal);
    }

    private static StateSet Set(string key, string value) => new() { Key = key, Value = System.Text.Encoding.UTF8.GetBytes(value) };

    private async Task<string> RefusalAsync(params (string Name, string Value)[] items)
    {
        await using var store = new SqliteStateStore(_folder.Context(TimeProvider.System, items));
        return (await Assert.ThrowsAsync<ComponentException>(() => store.InitializeAsync(Cancellation))).Message;
    }
}
