namespace Serverless.IntegrationTests.PostgreSql;

/// <summary>The server ends and comes back under load. Its commits are on the disk, so what was acknowledged is there.</summary>
public sealed class PostgreSqlRestartTests(PostgreSqlApp postgres) : IClassFixture<PostgreSqlApp>
{
    private const int Rounds = 2;
    private const int Served = 15;
    private const int Failed = 8;
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1.5);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Server_RestartsUnderLoad_NothingAcknowledgedIsLost(bool isCrash)
    {
        await using var storm = await postgres.StartStormAsync(postgres.State);
        for (var round = 0; round < Rounds; round++)
        {
            await storm.ServeAsync(Served);
            await (isCrash ? postgres.Server.KillAsync(Token) : postgres.Server.StopAsync(Token));
            await storm.FailAsync(Failed);
            Assert.True(await postgres.IsHealthyAsync());
            await postgres.Server.StartAgainAsync(Token);
        }

        await storm.ServeAsync(Served);

        await storm.AssertNothingLostAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Server_RestartsWhileNobodyAsks_NobodyNotices(bool isCrash)
    {
        Assert.True((await postgres.State.SaveAsync("quiet", "1", Token)).IsSuccess);
        var used = TimeProvider.System.GetTimestamp();
        await (isCrash ? postgres.Server.KillAsync(Token) : postgres.Server.StopAsync(Token));
        await postgres.Server.StartAgainAsync(Token);

        // A connection that has rested for a second is asked whether it lives.
        await Eventually.MustAsync("it has rested", () => Task.FromResult(TimeProvider.System.GetElapsedTime(used) > Rest), Rest * 10, Token);
        var saved = await postgres.State.SaveAsync("quiet", "2", Token);

        Assert.True(saved.IsSuccess, saved.ToString());
        Assert.Equal("2", (await postgres.State.GetAsync("quiet", Token)).Body);
    }
}
