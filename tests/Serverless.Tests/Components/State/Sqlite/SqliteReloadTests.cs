using System.Text;
using Serverless.Components.Clients.Sqlite;
using Serverless.Components.Registry;
using Serverless.Components.State;
using Serverless.Components.State.Sqlite;
using Serverless.Tests.Functions.Http;

namespace Serverless.Tests.Components.State.Sqlite;

/// <summary>A second instance on a file that is open: another component, or the successor of the first.</summary>
public sealed class SqliteReloadTests : IDisposable
{
    private readonly SqliteFolder _folder = new();
    private readonly LogCapture _log = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private (string, string) ReadOnly => ("connectionString", $"file:{_folder.File}?mode=ro");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("statestore")]
    [InlineData("other")]
    public async Task ReadWrite_BesideReadOnly_CanWrite(string name)
    {
        await (await OpenAsync("statestore")).DisposeAsync();
        await using var reader = await OpenAsync("statestore", ReadOnly);
        await using var writer = await OpenAsync(name);

        await SetAsync(writer, "1");

        Assert.Equal("1", await TextAsync(reader));
        Assert.Equal("attempt to write a readonly database", (await Assert.ThrowsAsync<SqliteException>(() => SetAsync(reader, "2"))).Message);
    }

    [Theory]
    [InlineData("statestore")]
    [InlineData("other")]
    public async Task ReadOnly_BesideReadWrite_CannotWrite(string name)
    {
        await using var writer = await OpenAsync("statestore");
        await SetAsync(writer, "1");
        await using var reader = await OpenAsync(name, ReadOnly);
        await using var second = await OpenAsync(name, ReadOnly);

        Assert.Equal("1", await TextAsync(second));
        Assert.Equal("attempt to write a readonly database", (await Assert.ThrowsAsync<SqliteException>(() => SetAsync(reader, "2"))).Message);
        await SetAsync(writer, "3");
        Assert.Equal("3", await TextAsync(reader));
        Assert.Empty(_log.Messages);
    }

    [Fact]
    public async Task DisableWal_OfAnotherComponent_MustAgree()
    {
        await using var store = await OpenAsync("statestore");

        var refusal = await Assert.ThrowsAsync<ComponentException>(() => OpenAsync("other", ("disableWAL", "true")));

        Assert.Equal($"component 'other': SQLite file '{_folder.File}': another component has it open with another 'disableWAL'; they must agree", refusal.Message);
    }

    [Fact]
    public async Task Pragma_OfAnotherComponent_MustAgree()
    {
        await using var store = await OpenAsync("statestore");

        var refusal = await Assert.ThrowsAsync<ComponentException>(() => OpenAsync("other", ("connectionString", _folder.File + "?_pragma=cache_size(-100)")));

        Assert.EndsWith("another component has it open with another '_pragma' in 'connectionString'; they must agree", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DisableWal_ChangedOnReload_WarnsAndTakesEffectWhenOpenedAlone()
    {
        var old = await OpenAsync("statestore");
        var successor = await OpenAsync("statestore", ("disableWAL", "true"));
        await old.DisposeAsync();

        Assert.Equal(
            [$"Warning: component 'statestore': the changed 'disableWAL' takes effect when SQLite file '{_folder.File}' is next opened alone; the running instance still has it open"],
            _log.Messages);
        await SetAsync(successor, "1");
        Assert.Equal("wal", await _folder.ShellAsync("PRAGMA journal_mode;"));
        await successor.DisposeAsync();

        await using var alone = await OpenAsync("statestore", ("disableWAL", "true"));
        Assert.Equal("1", await TextAsync(alone));
        Assert.Equal("delete", await _folder.ShellAsync("PRAGMA journal_mode;"));
    }

    private static async Task SetAsync(SqliteStateStore store, string value) =>
        Assert.Equal(StateResult.Done, await store.SetAsync(new StateSet { Key = "k", Value = Encoding.UTF8.GetBytes(value) }, Cancellation));

    private static async Task<string?> TextAsync(SqliteStateStore store) =>
        await store.GetAsync(new StateGet("k", "", StateMetadata.Empty), Cancellation) is { } entry ? Encoding.UTF8.GetString(entry.Value.Span) : null;

    private async Task<SqliteStateStore> OpenAsync(string name, params (string Name, string Value)[] items)
    {
        var store = new SqliteStateStore(_folder.Context(TimeProvider.System, items).LoggingTo(_log) with { Name = name });
        await store.InitializeAsync(Cancellation);
        return store;
    }
}
