using System.Text;
using System.Text.RegularExpressions;
using Serverless.Components.Registry;
using Serverless.Components.State;

namespace Serverless.Tests.Components.State.Sqlite;

/// <summary>The file is the one that daprd reads and writes; the sqlite3 shell stands for daprd.</summary>
public sealed class SqliteLayoutTests : IDisposable
{
    private const string DaprTables = """
        CREATE TABLE metadata (key text NOT NULL PRIMARY KEY, value text NOT NULL);
        INSERT INTO metadata VALUES ('migrations', '1');
        CREATE TABLE state (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL, is_binary BOOLEAN NOT NULL, etag TEXT NOT NULL,
          expiration_time TIMESTAMP DEFAULT NULL, update_time TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP);
        """;

    private readonly SqliteFolder _folder = new();
    private readonly ManualTimeProvider _clock = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task NewFile_HasDaprsTables()
    {
        await using var store = _folder.Store(_clock);
        await store.InitializeAsync(Cancellation);

        Assert.Equal(
            """
            key|TEXT|1||1
            value|TEXT|1||0
            is_binary|BOOLEAN|1||0
            etag|TEXT|1||0
            expiration_time|TIMESTAMP|0|NULL|0
            update_time|TIMESTAMP|1|CURRENT_TIMESTAMP|0
            """,
            await _folder.ShellAsync("SELECT name, type, \"notnull\", dflt_value, pk FROM pragma_table_info('state');"));
        Assert.Equal("key|TEXT|1||1\nvalue|TEXT|1||0", await _folder.ShellAsync("SELECT name, type, \"notnull\", dflt_value, pk FROM pragma_table_info('metadata');"));
        Assert.Equal("migrations|1|text", await _folder.ShellAsync("SELECT key, value, typeof(value) FROM metadata;"));
        Assert.Equal("wal", await _folder.ShellAsync("PRAGMA journal_mode;"));
    }

    [Fact]
    public async Task Rows_AreDaprs()
    {
        await using var store = _folder.Store(_clock);
        await store.InitializeAsync(Cancellation);
        await store.SetAsync(new StateSet { Key = "app||json", Value = "\"é\""u8.ToArray() }, Cancellation);
        await store.SetAsync(new StateSet { Key = "app||bin", Value = new byte[] { 1, 2, 255 }, IsBinary = true, Metadata = new Dictionary<string, string> { ["ttlInSeconds"] = "60" } }, Cancellation);

        var rows = (await _folder.ShellAsync("SELECT key, value, typeof(value), is_binary, typeof(is_binary), etag, expiration_time, typeof(update_time), update_time FROM state ORDER BY key DESC;")).Split('\n');

        Assert.Matches(@"^app\|\|json\|""é""\|text\|0\|integer\|[0-9a-f-]{36}\|\|text\|2026-03-01 12:00:00$", rows[0]);
        Assert.Matches(@"^app\|\|bin\|AQL/\|text\|1\|integer\|[0-9a-f-]{36}\|2026-03-01 12:01:00\|text\|2026-03-01 12:00:00$", rows[1]);
    }

    [Fact]
    public async Task FileOfDapr_IsReadAndWritten()
    {
        await _folder.ShellAsync($"""
            {DaprTables}
            INSERT INTO state (key, value, is_binary, etag) VALUES ('app||a', '"from dapr"', 0, 'b8f4c2d6-0000-4000-8000-000000000001');
            INSERT INTO state VALUES ('app||b', 'AQL/', 1, 'e', '2026-03-01 12:00:30', '2026-03-01 11:00:00');
            INSERT INTO state VALUES ('app||old', '1', 0, 'e', '2026-03-01 12:00:00', '2026-03-01 11:00:00');
            """);
        await using var store = _folder.Store(_clock);
        await store.InitializeAsync(Cancellation);

        var text = await store.GetAsync(new StateGet("app||a", "", StateMetadata.Empty), Cancellation);
        var binary = await store.GetAsync(new StateGet("app||b", "", StateMetadata.Empty), Cancellation);

        Assert.Equal("\"from dapr\"", Encoding.UTF8.GetString(text!.Value.Span));
        Assert.Equal("b8f4c2d6-0000-4000-8000-000000000001", text.ETag);
        Assert.Equal([1, 2, 255], binary!.Value.ToArray());
        Assert.Equal(_clock.GetUtcNow().AddSeconds(30), binary.ExpiresAt);
        Assert.Null(await store.GetAsync(new StateGet("app||old", "", StateMetadata.Empty), Cancellation));
        Assert.Equal(StateResult.Done, await store.SetAsync(new StateSet { Key = "app||a", Value = "2"u8.ToArray(), ETag = text.ETag }, Cancellation));
        Assert.Equal("2", await _folder.ShellAsync("SELECT value FROM state WHERE key = 'app||a';"));
        Assert.Equal("1", await _folder.ShellAsync("SELECT value FROM metadata;"));
    }

    [Fact]
    public async Task FileInUtf16_IsReadAndWritten()
    {
        await _folder.ShellAsync($"PRAGMA encoding='UTF-16'; {DaprTables} INSERT INTO state (key, value, is_binary, etag) VALUES ('ключ', '\"世界\"', 0, 'e');");
        await using var store = _folder.Store(_clock);
        await store.InitializeAsync(Cancellation);

        var entry = await store.GetAsync(new StateGet("ключ", "", StateMetadata.Empty), Cancellation);
        Assert.Equal("\"世界\"", Encoding.UTF8.GetString(entry!.Value.Span));
        Assert.Equal(StateResult.Done, await store.SetAsync(new StateSet { Key = "ключ", Value = "\"🌍\""u8.ToArray(), ETag = "e" }, Cancellation));
        Assert.Equal("\"🌍\"", await _folder.ShellAsync("SELECT value FROM state;"));
    }

    [Fact]
    public async Task TableNames_AreTheConfiguredOnes()
    {
        await using var store = _folder.Store(_clock, ("tableName", "order"), ("metadataTableName", "1_meta"));
        await store.InitializeAsync(Cancellation);
        await store.SetAsync(new StateSet { Key = "k", Value = "1"u8.ToArray() }, Cancellation);

        Assert.Equal("1_meta\norder", await _folder.ShellAsync("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1;"));
    }

    [Theory]
    [InlineData("CREATE TABLE state (id INTEGER PRIMARY KEY, key TEXT, value TEXT);", "no column is_binary, etag, expiration_time, update_time")]
    [InlineData("CREATE TABLE state (key TEXT, value TEXT, is_binary INT, etag TEXT, expiration_time INT, update_time INT);", "no primary key 'key'")]
    [InlineData("CREATE TABLE metadata (name TEXT PRIMARY KEY, value TEXT);", "no column key")]
    [InlineData("CREATE TABLE metadata (key TEXT PRIMARY KEY, value TEXT); INSERT INTO metadata VALUES ('migrations', 'many');", "invalid migration level 'many'")]
    public async Task ForeignTable_IsRefusedAndLeftAlone(string tables, string fault)
    {
        await _folder.ShellAsync(tables);
        var before = await File.ReadAllBytesAsync(_folder.File, Cancellation);
        await using var store = _folder.Store(_clock);

        var refusal = await Assert.ThrowsAsync<ComponentException>(() => store.InitializeAsync(Cancellation));

        Assert.Matches($"^component 'statestore': SQLite file '{Regex.Escape(_folder.File)}': .*{Regex.Escape(fault)}", refusal.Message);
        Assert.Equal(before, await File.ReadAllBytesAsync(_folder.File, Cancellation));
    }
}
