using Serverless.Backends.PostgreSql;
using Serverless.Components.Registry;
using Serverless.Components.State;
using Serverless.Tests.Functions.Http;
using static Serverless.Tests.Components.State.PostgreSql.PostgreSqlStores;

namespace Serverless.Tests.Components.State.PostgreSql;

/// <summary>Dapr's tables: what daprd has made is used, and what is made here is what daprd would have made.</summary>
public sealed class PostgreSqlLayoutTests(PostgreSqlServerFixture fixture) : IClassFixture<PostgreSqlServerFixture>
{
    private const string Metadata = "(key text NOT NULL PRIMARY KEY, value text NOT NULL)";

    private const string FirstLevel = """
        (key text NOT NULL PRIMARY KEY, value bytea NOT NULL, etag uuid NOT NULL DEFAULT gen_random_uuid(),
         created_at timestamp with time zone NOT NULL DEFAULT now(), updated_at timestamp with time zone, expires_at timestamp with time zone)
        """;

    private readonly string _prefix = fixture.NextPrefix();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private PostgreSqlWitness Witness => fixture.Witness;

    [Fact]
    public async Task Tables_MadeHere_AreDaprs()
    {
        await using var store = await StartAsync(Context(("metadataTableName", $"{_prefix}meta")), Cancel);

        Assert.Equal(
            [
                "key|text|t||", "value|bytea|t||", "etag|uuid|t|gen_random_uuid()|", "created_at|timestamp with time zone|t|now()|",
                "updated_at|timestamp with time zone|f||", "expires_at|timestamp with time zone|f||", "row_id|bigint|t||d",
            ],
            await ColumnsAsync($"{_prefix}state"));
        Assert.Equal(["key|text|t||", "value|text|t||"], await ColumnsAsync($"{_prefix}meta"));
        Assert.Equal(
            [
                $"CREATE INDEX {_prefix}state_expires_at_idx ON public.{_prefix}state USING btree (expires_at)",
                $"CREATE UNIQUE INDEX {_prefix}state_pkey ON public.{_prefix}state USING btree (key)",
                $"CREATE UNIQUE INDEX {_prefix}state_row_id_uidx ON public.{_prefix}state USING btree (row_id)",
            ],
            await ColumnAsync($"SELECT indexdef FROM pg_indexes WHERE tablename = '{_prefix}state' ORDER BY indexname"));
        Assert.Equal(["lock=lock", $"migrations-state-v2-{_prefix}=2"], await ColumnAsync($"SELECT key || '=' || value FROM {_prefix}meta ORDER BY key"));
    }

    [Fact]
    public async Task Rows_WrittenHere_AreDaprs()
    {
        await using var store = await StartAsync(Context(), Cancel);
        await store.SetAsync(Set("app||k", "{\"a\":1}"), Cancel);
        Assert.Equal([@"\x7b2261223a317d||"], await ColumnAsync($"SELECT value::text || '|' || coalesce(updated_at::text, '') || '|' || coalesce(expires_at::text, '') FROM {_prefix}state"));
        var etag = await Witness.TextAsync($"SELECT etag FROM {_prefix}state", Cancel);
        Assert.Equal(etag, (await store.GetAsync(new StateGet("app||k", "", StateMetadata.Empty), Cancel))!.ETag);

        var again = Set("app||k", "2", etag) with { Metadata = new Dictionary<string, string> { ["ttlInSeconds"] = "60" } };
        Assert.Equal(StateOutcome.Done, (await store.SetAsync(again, Cancel)).Outcome);

        Assert.Equal(["app||k|2|t|t|60|1"], await ColumnAsync(
            $"SELECT key || '|' || encode(value, 'escape') || '|' || (updated_at >= created_at)::text::char || '|' || (etag <> '{etag}')::text::char || '|' || extract(epoch FROM expires_at - updated_at)::int || '|' || row_id FROM {_prefix}state"));
    }

    [Fact]
    public async Task Database_OfAnOlderDaprd_IsReadAndBroughtToTheSecondLevel()
    {
        await Witness.RunAsync(
            $"""
            CREATE TABLE {_prefix}meta {Metadata};
            CREATE TABLE {_prefix}state {FirstLevel};
            CREATE INDEX ON {_prefix}state (expires_at);
            INSERT INTO {_prefix}meta VALUES ('lock', 'lock'), ('migrations-state-v2-{_prefix}', '1');
            INSERT INTO {_prefix}state (key, value, created_at) VALUES ('b', '1', '2024-01-01'), ('a', '2', '2024-01-02'), ('c', '3', '2024-01-01');
            INSERT INTO {_prefix}state (key, value, expires_at) VALUES ('gone', '4', now() - interval '1 second')
            """,
            Cancel);

        await using var store = await StartAsync(Context(("metadataTableName", $"{_prefix}meta")), Cancel);

        Assert.Equal(("1", "2", null), (await store.TextAsync("b", Cancel), await store.TextAsync("a", Cancel), await store.TextAsync("gone", Cancel)));
        await store.SetAsync(Set("new", "5"), Cancel);
        Assert.Equal(["b=1", "c=2", "a=3", "gone=4", "new=5"], await ColumnAsync($"SELECT key || '=' || row_id FROM {_prefix}state ORDER BY row_id"));
        Assert.Equal("2", await Witness.TextAsync($"SELECT value FROM {_prefix}meta WHERE key LIKE 'migr%'", Cancel));

        // What an older daprd goes on to write.
        await Witness.RunAsync($"INSERT INTO {_prefix}state AS t (key, value, etag, expires_at) VALUES ('new', '6', gen_random_uuid(), NULL) ON CONFLICT (key) DO UPDATE SET value = '6', etag = gen_random_uuid()", Cancel);
        Assert.Equal("6", await store.TextAsync("new", Cancel));
    }

    [Fact]
    public async Task Migration_BegunByDaprd_IsFinished()
    {
        await Witness.RunAsync(
            $"""
            CREATE TABLE {_prefix}state {FirstLevel};
            ALTER TABLE {_prefix}state ADD COLUMN row_id bigint;
            INSERT INTO {_prefix}state (key, value, row_id) VALUES ('a', '1', 7), ('b', '2', NULL)
            """,
            Cancel);

        await using var store = await StartAsync(Context(), Cancel);

        await store.SetAsync(Set("c", "3"), Cancel);
        Assert.Equal(["a=7", "b=8", "c=9"], await ColumnAsync($"SELECT key || '=' || row_id FROM {_prefix}state ORDER BY row_id"));
    }

    [Theory]
    [InlineData("3")]
    [InlineData("2")]
    public async Task Database_OfThisOrANewerLevel_IsLeftAsItIs(string level)
    {
        await using (await StartAsync(Context(("metadataTableName", $"{_prefix}meta")), Cancel))
        {
        }

        await Witness.RunAsync($"UPDATE {_prefix}meta SET value = '{level}' WHERE key LIKE 'migr%'; ALTER TABLE {_prefix}state ADD COLUMN more text", Cancel);

        await using var store = await StartAsync(Context(("metadataTableName", $"{_prefix}meta")), Cancel);

        Assert.Equal(StateOutcome.Done, (await store.SetAsync(Set("k", "1"), Cancel)).Outcome);
        Assert.Equal(level, await Witness.TextAsync($"SELECT value FROM {_prefix}meta WHERE key LIKE 'migr%'", Cancel));
    }

    [Fact]
    public async Task Table_OfV1_IsRefusedUntouched()
    {
        await Witness.RunAsync($"CREATE TABLE {_prefix}state (key text NOT NULL PRIMARY KEY, value jsonb NOT NULL, isbinary boolean NOT NULL, insertdate timestamp NOT NULL, updatedate timestamp)", Cancel);

        var refusal = await Assert.ThrowsAsync<ComponentException>(() => StartAsync(Context(), Cancel));

        Assert.Equal(
            $"component 'statestore': table '{_prefix}state' at {fixture.Server.Address} is not that of Dapr's v2: no column value bytea, etag uuid, updated_at timestamp with time zone, expires_at timestamp with time zone; set tablePrefix to use another",
            refusal.Message);
        Assert.Equal("5", await Witness.TextAsync($"SELECT count(*) FROM information_schema.columns WHERE table_name = '{_prefix}state'", Cancel));
    }

    [Fact]
    public async Task Level_NoNumber_IsRefused()
    {
        await Witness.RunAsync($"CREATE TABLE {_prefix}meta {Metadata}; INSERT INTO {_prefix}meta VALUES ('migrations-state-v2-{_prefix}', 'x')", Cancel);

        var refusal = await Assert.ThrowsAsync<ComponentException>(() => StartAsync(Context(("metadataTableName", $"{_prefix}meta")), Cancel));

        Assert.EndsWith($"the migration level 'migrations-state-v2-{_prefix}' is no number", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tables_InASchemaWithCapitals_AreFoundThere()
    {
        await Witness.RunAsync($"CREATE SCHEMA \"{_prefix}Own\"", Cancel);
        var context = PostgreSqlStores.Context(
            fixture.Server.ConnectionString, TimeProvider.System, ("tablePrefix", $"\"{_prefix}Own\".My_"), ("metadataTableName", $"\"{_prefix}Own\".\"Meta\""));

        for (var start = 0; start < 2; start++)
        {
            await using var store = await StartAsync(context, Cancel);
            Assert.Equal(StateOutcome.Done, (await store.SetAsync(Set("k", "1"), Cancel)).Outcome);
        }

        Assert.Equal(["Meta", "my_state"], await ColumnAsync($"SELECT tablename FROM pg_tables WHERE schemaname = '{_prefix}Own' ORDER BY 1"));
    }

    [Fact]
    public async Task Start_ManyAtOnce_AllSucceed()
    {
        var stores = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => StartAsync(Context(("metadataTableName", $"{_prefix}meta"), ("maxConns", "2")), Cancel)));

        foreach (var store in stores)
        {
            Assert.Equal(StateOutcome.Done, (await store.SetAsync(Set("k", "1"), Cancel)).Outcome);
            await store.DisposeAsync();
        }

        Assert.Equal("1", await Witness.TextAsync($"SELECT count(*) FROM {_prefix}state", Cancel));
    }

    [Fact]
    public async Task Role_ThatMayOnlyReadAndWrite_WillDoOnceTheTablesAreThere()
    {
        await using (await StartAsync(Context(("metadataTableName", $"{_prefix}meta")), Cancel))
        {
        }

        await Witness.RunAsync(
            $"CREATE ROLE {_prefix}app LOGIN PASSWORD 'x'; GRANT SELECT, INSERT, UPDATE, DELETE ON {_prefix}state, {_prefix}meta TO {_prefix}app", Cancel);
        await using var store = await StartAsync(Context(("metadataTableName", $"{_prefix}meta"), ("user", $"{_prefix}app"), ("password", "x")), Cancel);

        Assert.Equal(StateOutcome.Done, (await store.SetAsync(Set("k", "1"), Cancel)).Outcome);
        Assert.Equal("1", await store.TextAsync("k", Cancel));
    }

    [Fact]
    public async Task Table_LostWhileTheLevelStands_IsMadeAnewWithAWarning()
    {
        await using (await StartAsync(Context(("metadataTableName", $"{_prefix}meta")), Cancel))
        {
        }

        await Witness.RunAsync($"DROP TABLE {_prefix}state", Cancel);
        using var log = new LogCapture();

        await using var store = await StartAsync(Context(("metadataTableName", $"{_prefix}meta")).LoggingTo(log), Cancel);

        Assert.Equal(StateOutcome.Done, (await store.SetAsync(Set("k", "1"), Cancel)).Outcome);
        Assert.Contains(log.Messages, line => line.Contains($"table '{_prefix}state' was created before and is gone", StringComparison.Ordinal));
    }

    private ComponentContext Context(params (string Name, string Value)[] items) =>
        PostgreSqlStores.Context(fixture.Server.ConnectionString, TimeProvider.System, [("tablePrefix", _prefix), .. items]);

    private async Task<IEnumerable<string>> ColumnsAsync(string table) => await ColumnAsync(
        $"""
        SELECT attname || '|' || format_type(atttypid, atttypmod) || '|' || attnotnull::text::char || '|' || coalesce(pg_get_expr(adbin, adrelid), '') || '|' || attidentity::text
        FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
        WHERE attrelid = '{table}'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum
        """);

    private async Task<IEnumerable<string>> ColumnAsync(string query) => (await Witness.RowsAsync(query, Cancel)).Select(row => row[0]!);
}
