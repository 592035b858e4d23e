using Serverless.Backends.Network;
using Serverless.Backends.PostgreSql;
using Serverless.Backends.Processes;
using Serverless.Components.Clients.PostgreSql;
using Serverless.Components.Registry;
using Serverless.Components.State;
using static Serverless.Tests.Components.State.PostgreSql.PostgreSqlStores;

namespace Serverless.Tests.Components.State.PostgreSql;

/// <summary>What goes wrong below the store, and what the caller is told.</summary>
public sealed class PostgreSqlFaultTests(PostgreSqlServerFixture fixture) : IClassFixture<PostgreSqlServerFixture>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private readonly string _prefix = fixture.NextPrefix();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private PostgreSqlWitness Witness => fixture.Witness;

    private string Table => $"{_prefix}state";

    [Fact]
    public async Task Write_BehindALock_IsCancelledAndCertainlyNotMade()
    {
        await using var store = await StartAsync(Context(("timeout", "1s")), Cancel);
        await store.SetAsync(Set("k", "1"), Cancel);
        await using var connection = await Witness.OpenAsync(Cancel);
        await using (var transaction = await connection.BeginTransactionAsync(Cancel))
        {
            await using var command = new Npgsql.NpgsqlCommand($"UPDATE {Table} SET value = '9'", connection, transaction);
            await command.ExecuteNonQueryAsync(Cancel);

            var failure = await Assert.ThrowsAsync<PostgreSqlException>(async () => await store.SetAsync(Set("k", "2"), Cancel));

            Assert.Equal($"postgresql at {fixture.Server.Address}: not executed: no answer within 1s", failure.Message);
        }

        Assert.Equal("1", await store.TextAsync("k", Cancel));
    }

    [Fact]
    public async Task Write_CallerGivesUp_EndsAtOnceAndFreesItsConnection()
    {
        await using var store = await StartAsync(Context(("maxConns", "1")), Cancel);
        await store.SetAsync(Set("k", "1"), Cancel);
        await using var connection = await Witness.OpenAsync(Cancel);
        await using var transaction = await connection.BeginTransactionAsync(Cancel);
        await using var command = new Npgsql.NpgsqlCommand($"UPDATE {Table} SET value = '9'", connection, transaction);
        await command.ExecuteNonQueryAsync(Cancel);
        using var impatience = new CancellationTokenSource();
        var write = store.SetAsync(Set("k", "2"), impatience.Token).AsTask();
        await WaitingAsync(1);

        await impatience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => write);
        Assert.Equal("1", await store.TextAsync("k", Cancel));
        await WaitingAsync(0);
    }

    [Fact]
    public async Task Table_Dropped_IsToldAndUsableOnceItIsBack()
    {
        await using var store = await StartAsync(Context(), Cancel);
        for (var i = 0; i < 3; i++)
        {
            await store.SetAsync(Set("k", "1"), Cancel);
            await store.TextAsync("k", Cancel);
        }

        await Witness.RunAsync($"CREATE TABLE {_prefix}copy (LIKE {Table} INCLUDING ALL); INSERT INTO {_prefix}copy OVERRIDING SYSTEM VALUE SELECT * FROM {Table}; DROP TABLE {Table}", Cancel);
        var write = await Assert.ThrowsAsync<PostgreSqlException>(async () => await store.SetAsync(Set("k", "2"), Cancel));
        var read = await Assert.ThrowsAsync<PostgreSqlException>(async () => await store.TextAsync("k", Cancel));
        await Witness.RunAsync($"ALTER TABLE {_prefix}copy RENAME TO {Table}", Cancel);

        Assert.Equal($"postgresql at {fixture.Server.Address}: not executed: 42P01: relation \"{Table}\" does not exist; tables are created when the component is loaded, never while it runs", write.Message);
        Assert.Equal($"postgresql at {fixture.Server.Address}: 42P01: relation \"{Table}\" does not exist; tables are created when the component is loaded, never while it runs", read.Message);
        Assert.Equal("1", await store.TextAsync("k", Cancel));
        Assert.Equal(StateOutcome.Done, (await store.SetAsync(Set("k", "2"), Cancel)).Outcome);
    }

    [Theory]
    [InlineData("serializable")]
    [InlineData("repeatable read")]
    public async Task Transactions_UnderAStricterIsolation_AreRepeatedUntilTheyFit(string isolation)
    {
        await using var store = await StartAsync(Context(("connectionString", fixture.Server.ConnectionString + $" default_transaction_isolation='{isolation}'")), Cancel);

        // As many at once as attempts: each round one gets through.
        await Task.WhenAll(Enumerable.Range(0, 3).Select(async number =>
            Assert.Equal(StateOutcome.Done, (await store.SetAsync(Set("k", $"{number}"), Cancel)).Outcome)));

        Assert.NotNull(await store.TextAsync("k", Cancel));
    }

    [Fact]
    public async Task Connections_EndedByTheServerWhileIdle_NobodyNotices()
    {
        // Many more connections than an operation has attempts.
        await using var store = await StartAsync(Context(("maxConns", "20")), Cancel);
        for (var round = 0; round < 5; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 60).Select(i => store.SetAsync(Set($"k{i}", $"{round}"), Cancel).AsTask()));
            await Witness.RunAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'", Cancel);
            await Eventually.MustAsync("they are gone", async () => await ConnectionsAsync() == 1, Limit, Cancel);

            // What the server says to an idle session reaches the next one that uses it, and tells that nothing was executed.
            Assert.Equal(StateOutcome.Done, (await store.SetAsync(Set("k", $"{round}"), Cancel)).Outcome);
            Assert.Equal($"{round}", await store.TextAsync("k", Cancel));
        }
    }

    [Theory]
    [InlineData("password=wrong-5ecret", "28P01: password authentication failed for user \"dapr\"")]
    [InlineData("dbname=nowhere", "3D000: database \"nowhere\" does not exist")]
    [InlineData("user=nobody password=wrong-5ecret", "28P01: password authentication failed for user \"nobody\"")]
    [InlineData("port=1", "Failed to connect to 127.0.0.1:1: Connection refused")]
    public async Task Start_Refused_TellsWhyAndNoSecret(string difference, string reason)
    {
        var refusal = await Assert.ThrowsAsync<ComponentException>(() => StartAsync(Context(("connectionString", $"{fixture.Server.ConnectionString} {difference}")), Cancel));

        Assert.Matches($@"^component 'statestore': error connecting to postgresql at 127\.0\.0\.1:\d+: {System.Text.RegularExpressions.Regex.Escape(reason)}$", refusal.Message);
        Assert.DoesNotContain("5ecret", refusal.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_RoleWithoutRights_TellsWhatIsMissing()
    {
        await Witness.RunAsync($"CREATE ROLE {_prefix}app LOGIN PASSWORD 'x'", Cancel);

        var refusal = await Assert.ThrowsAsync<ComponentException>(
            () => StartAsync(Context(("user", $"{_prefix}app"), ("password", "x"), ("metadataTableName", $"{_prefix}meta")), Cancel));

        Assert.EndsWith("not executed: 42501: permission denied for schema public", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("disable", true)]
    [InlineData("prefer", true)]
    [InlineData("require", true)]
    [InlineData("verify-ca", false)]
    [InlineData("verify-full", false)]
    public async Task Tls_WithoutTheAuthority_FollowsTheMode(string mode, bool isAccepted)
    {
        using var certificates = new CertificateSet();
        await using var server = await PostgreSqlServer.StartAsync(new PostgreSqlServerSettings { Certificates = certificates }, Cancel);

        Assert.Equal(isAccepted ? "done" : "refused", await TlsAsync(server, $"sslmode={mode}"));
    }

    [Fact]
    public async Task Tls_WithAnAuthority_MustBeTheOneOfTheServer()
    {
        using var certificates = new CertificateSet();
        using var others = new CertificateSet();
        using var folder = new TempFolder();
        var (right, wrong) = (folder.Write("right.pem", certificates.AuthorityPem), folder.Write("wrong.pem", others.AuthorityPem));
        await using var server = await PostgreSqlServer.StartAsync(new PostgreSqlServerSettings { Certificates = certificates }, Cancel);

        foreach (var mode in (string[])["require", "verify-ca", "verify-full"])
        {
            Assert.Equal((mode, "done"), (mode, await TlsAsync(server, $"sslmode={mode} sslrootcert={right}")));
            Assert.Equal((mode, "refused"), (mode, await TlsAsync(server, $"sslmode={mode} sslrootcert={wrong}")));
        }

        Assert.Equal("refused", await TlsAsync(server, $"sslmode=verify-full sslrootcert={right} host=elsewhere hostaddr=127.0.0.1"));
        Assert.Equal("done", await TlsAsync(server, $"sslmode=verify-full sslrootcert={right} host=localhost hostaddr=127.0.0.1"));
    }

    private static async Task<string> TlsAsync(PostgreSqlServer server, string difference)
    {
        try
        {
            await using var store = await StartAsync(PostgreSqlStores.Context($"{server.ConnectionString} {difference}", TimeProvider.System), Cancel);
            return (await store.SetAsync(Set("k", "1"), Cancel)).Outcome == StateOutcome.Done ? "done" : "no";
        }
        catch (ComponentException refusal) when (refusal.Message.Contains("certificate", StringComparison.Ordinal))
        {
            return "refused";
        }
    }

    private ComponentContext Context(params (string Name, string Value)[] items) => StateContexts.Create(
        "state.postgresql", TimeProvider.System, [.. items.Any(item => item.Name == "connectionString") ? items : [("connectionString", fixture.Server.ConnectionString), .. items], ("tablePrefix", _prefix)]);

    private async Task<int> ConnectionsAsync() => int.Parse(
        (await Witness.TextAsync("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'", Cancel))!, System.Globalization.CultureInfo.InvariantCulture);

    // Behind a lock.
    private Task WaitingAsync(int count) => Eventually.MustAsync(
        $"{count} statements wait",
        async () => await Witness.TextAsync($"SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%{Table}%'", Cancel) == $"{count}",
        Limit,
        Cancel);
}
