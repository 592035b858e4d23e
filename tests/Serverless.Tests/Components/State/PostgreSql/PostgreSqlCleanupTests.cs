using Serverless.Backends.PostgreSql;
using Serverless.Backends.Processes;
using Serverless.Components.State.PostgreSql;
using Serverless.Tests.Functions.Http;

namespace Serverless.Tests.Components.State.PostgreSql;

/// <summary>The removal of expired rows: by the store's own clock, which rows by the database's.</summary>
public sealed class PostgreSqlCleanupTests(PostgreSqlServerFixture fixture) : IClassFixture<PostgreSqlServerFixture>, IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private readonly ManualTimeProvider _clock = new();
    private readonly LogCapture _log = new();
    private readonly string _prefix = fixture.NextPrefix();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private PostgreSqlWitness Witness => fixture.Witness;

    private string Table => $"{_prefix}state";

    private string LastCleanup => $"SELECT value::timestamptz > now() - interval '20 seconds' FROM dapr_metadata WHERE key = 'last-cleanup-state-v2-{_prefix}'";

    public void Dispose() => _log.Dispose();

    [Fact]
    public async Task Interval_Over_ExpiredRowsAreRemovedAndTheTimeIsNoted()
    {
        await using var store = await StartAsync("60s");
        await FillAsync();

        _clock.Advance(TimeSpan.FromSeconds(60));

        await LoggedAsync("removed 100 expired rows");
        Assert.Equal("k", await Witness.TextAsync($"SELECT string_agg(key, ',') FROM {Table}", Cancel));
        Assert.Equal("t", await Witness.TextAsync(LastCleanup, Cancel));
    }

    [Fact]
    public async Task Interval_AnotherProcessWasFaster_NothingIsDone()
    {
        await using var store = await StartAsync("60s");
        await FillAsync();
        await Witness.RunAsync($"INSERT INTO dapr_metadata VALUES ('last-cleanup-state-v2-{_prefix}', (now() - interval '30 seconds')::text)", Cancel);

        _clock.Advance(TimeSpan.FromSeconds(60));

        await LoggedAsync("removed 0 expired rows");
        Assert.Equal("101", await Witness.TextAsync($"SELECT count(*) FROM {Table}", Cancel));
        Assert.Equal("f", await Witness.TextAsync(LastCleanup, Cancel));
    }

    [Fact]
    public async Task Interval_TableGone_IsLoggedAndTheNextRoundRemoves()
    {
        await using var store = await StartAsync("60s");
        await FillAsync();
        await Witness.RunAsync($"ALTER TABLE {Table} RENAME TO {_prefix}away", Cancel);
        _clock.Advance(TimeSpan.FromSeconds(60));
        await LoggedAsync("expired rows were not removed");

        await Witness.RunAsync($"ALTER TABLE {_prefix}away RENAME TO {Table}; DELETE FROM dapr_metadata WHERE key = 'last-cleanup-state-v2-{_prefix}'", Cancel);
        _clock.Advance(TimeSpan.FromSeconds(60));

        await LoggedAsync("removed 100 expired rows");
    }

    [Fact]
    public async Task Interval_RemovalMeetsADeadlock_IsTriedAgainInTheSameRound()
    {
        await using var store = await StartAsync("60s");
        await FillAsync();

        // A sequence is not rolled back, so that only the first time fails.
        await Witness.RunAsync(
            $"""
            CREATE SEQUENCE {_prefix}tries;
            CREATE FUNCTION {_prefix}fail() RETURNS trigger LANGUAGE plpgsql AS
              $$ BEGIN IF nextval('{_prefix}tries') = 1 THEN RAISE EXCEPTION 'said so' USING ERRCODE = '40P01'; END IF; RETURN NULL; END $$;
            CREATE TRIGGER fails BEFORE DELETE ON {Table} FOR EACH STATEMENT EXECUTE FUNCTION {_prefix}fail()
            """,
            Cancel);
        _clock.Advance(TimeSpan.FromSeconds(60));
        await Eventually.MustAsync("it has failed", async () => await Witness.TextAsync($"SELECT is_called FROM {_prefix}tries", Cancel) == "t", Limit, Cancel);

        // The pause before the next try, which may begin a moment later.
        await Eventually.MustAsync(
            "it is done",
            () =>
            {
                _clock.Advance(TimeSpan.FromMilliseconds(1));
                return Task.FromResult(_log.Messages.Any(message => message.Contains("expired rows", StringComparison.Ordinal)));
            },
            Limit,
            Cancel);

        Assert.Contains("removed 100 expired rows", Assert.Single(_log.Messages, message => message.Contains("expired rows", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    public async Task Interval_Off_RowsStay(string interval)
    {
        await using var store = await StartAsync(interval);
        await FillAsync();

        _clock.Advance(TimeSpan.FromDays(2));

        Assert.Equal(0, _clock.ArmedTimers);
        Assert.Equal("101", await Witness.TextAsync($"SELECT count(*) FROM {Table}", Cancel));
        Assert.Null(await store.TextAsync("gone1", Cancel));
    }

    private async Task FillAsync() => await Witness.RunAsync(
        $"""
        INSERT INTO {Table} (key, value, expires_at) SELECT 'gone' || n, '1', now() - interval '1 second' FROM generate_series(1, 100) n;
        INSERT INTO {Table} (key, value, expires_at) VALUES ('k', '1', now() + interval '1 day')
        """,
        Cancel);

    private async Task<PostgreSqlStateStore> StartAsync(string interval) => await PostgreSqlStores.StartAsync(
        PostgreSqlStores.Context(fixture.Server.ConnectionString, _clock, ("tablePrefix", _prefix), ("cleanupInterval", interval)).LoggingTo(_log), Cancel);

    private Task LoggedAsync(string text) => Eventually.MustAsync(
        $"logged: {text}", () => Task.FromResult(_log.Messages.Any(message => message.Contains(text, StringComparison.Ordinal))), Limit, Cancel);
}
