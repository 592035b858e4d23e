using Npgsql;
using Serverless.Backends.PostgreSql;
using Serverless.Components.Clients.PostgreSql;
using Serverless.Components.Registry;
using Serverless.Components.Registry.Resources;
using Serverless.Components.State;

namespace Serverless.Tests.Components.State.PostgreSql;

/// <summary>What becomes of an operation, and how a connection gets its password.</summary>
public sealed class PostgreSqlDatabaseTests(PostgreSqlServerFixture fixture) : IClassFixture<PostgreSqlServerFixture>
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Password_FetchedForEachConnection_LetsIn()
    {
        var fetched = 0;
        await using var database = Database(_ =>
        {
            fetched++;
            return ValueTask.FromResult(PostgreSqlServer.Password);
        });

        for (var round = 0; round < 3; round++)
        {
            Assert.Equal(1, await database.ReadAsync(0, AskAsync, Timeout, Cancel));
        }

        Assert.Equal(1, fetched);
    }

    [Fact]
    public async Task Password_NotToBeHad_FailsAtOnceWithTheReason()
    {
        var fetched = 0;
        await using var database = Database(_ =>
        {
            fetched++;
            throw new InvalidOperationException("no token: none today");
        });

        var failure = await Assert.ThrowsAsync<PostgreSqlException>(async () => await database.WriteAsync(0, AskAsync, Timeout, Cancel));

        Assert.Equal($"postgresql at {fixture.Server.Address}: not executed: no token: none today", failure.Message);
        Assert.Equal(1, fetched);
    }

    [Theory]
    [InlineData("40001", true, 5)]
    [InlineData("40P01", true, 5)]
    [InlineData("53300", true, 5)]
    [InlineData("23505", true, 1)]
    [InlineData("53100", true, 1)]
    [InlineData("40003", false, 1)]
    [InlineData("08006", false, 1)]
    [InlineData("57P02", false, 1)]
    [InlineData("57P01", true, 5)]
    public async Task Write_RefusedByTheServer_IsRepeatedOnlyWhereThatIsCertain(string code, bool isCertain, int attempts)
    {
        var tried = 0;
        await using var database = Database(null);

        var failure = await Assert.ThrowsAsync<PostgreSqlException>(async () => await database.WriteAsync(
            code,
            async (connection, state, token) =>
            {
                tried++;
                await using var command = new NpgsqlCommand($"DO $$ BEGIN RAISE EXCEPTION 'said so' USING ERRCODE = '{state}'; END $$", connection);
                return await command.ExecuteNonQueryAsync(token);
            },
            Timeout,
            Cancel));

        Assert.Equal($"postgresql at {fixture.Server.Address}: {(isCertain ? "not executed" : "whether it was executed is unknown")}: {code}: said so", failure.Message);
        Assert.Equal(attempts, tried);
    }

    [Theory]
    [InlineData(false, 5)]
    [InlineData(true, 1)]
    public async Task Connection_LostMeanwhile_OnlyAReadIsRepeated(bool isWrite, int attempts)
    {
        var tried = 0;
        await using var database = Database(null);

        async Task<int> LoseAsync(NpgsqlConnection connection, int state, CancellationToken token)
        {
            tried++;
            await Task.CompletedTask;
            throw new NpgsqlException("lost", new IOException("the end"));
        }

        var failure = await Assert.ThrowsAsync<PostgreSqlException>(async () =>
            await (isWrite ? database.WriteAsync(0, LoseAsync, Timeout, Cancel) : database.ReadAsync(0, LoseAsync, Timeout, Cancel)));

        Assert.Equal($"postgresql at {fixture.Server.Address}: {(isWrite ? "whether it was executed is unknown: " : "")}lost: the end", failure.Message);
        Assert.Equal(attempts, tried);
    }

    [Theory]
    [InlineData("state.postgresql")]
    [InlineData("state.postgres")]
    public async Task Type_V2_IsKnownByBothNamesAndV1ByNone(string type)
    {
        var catalog = new ComponentCatalog();
        StateComponents.Register(catalog);
        var definition = new ComponentDefinition { Key = new ResourceKey(ResourceKey.Component, "statestore"), Hash = "", Origin = "test", Type = type, Version = "v2" };

        await using var component = catalog.Find(definition)(PostgreSqlStores.Context("host=never.asked", TimeProvider.System));

        Assert.Equal(["ETAG", "TRANSACTIONAL", "TTL", "KEYS_LIKE", "ACTOR"], component.Capabilities);
        Assert.Throws<ComponentException>(() => catalog.Find(definition with { Version = "v1" }));
        Assert.Throws<ComponentException>(() => catalog.Find(definition with { Version = "" }));
    }

    private static async Task<int> AskAsync(NpgsqlConnection connection, int state, CancellationToken token)
    {
        await using var command = new NpgsqlCommand("SELECT 1", connection);
        return (int)(await command.ExecuteScalarAsync(token))!;
    }

    private PostgreSqlDatabase Database(Func<CancellationToken, ValueTask<string>>? password) => new(
        new PostgreSqlOptions
        {
            Connection = new NpgsqlConnectionStringBuilder
            {
                Host = "127.0.0.1",
                Port = fixture.Server.Port,
                Username = PostgreSqlServer.User,
                Password = password is null ? PostgreSqlServer.Password : null,
                Database = PostgreSqlServer.Database,
                SslMode = SslMode.Disable,
            },
            Password = password,
            Server = fixture.Server.Address,
        },
        TimeProvider.System);
}
