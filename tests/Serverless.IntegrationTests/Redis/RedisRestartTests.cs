using Serverless.IntegrationTests.Load;

namespace Serverless.IntegrationTests.Redis;

/// <summary>The server ends and comes back under load. It writes its file before it answers, so what was acknowledged is there.</summary>
public sealed class RedisRestartTests(RedisApp redis) : IClassFixture<RedisApp>
{
    private const int Rounds = 2;
    private const int Served = 15;
    private const int Failed = 8;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Server_RestartsUnderLoad_NothingAcknowledgedIsLost(bool isCrash)
    {
        await using var storm = Storm.Start(redis.State, Token);
        for (var round = 0; round < Rounds; round++)
        {
            await storm.ServeAsync(Served);
            await (isCrash ? redis.Server.KillAsync(Token) : redis.Server.StopAsync(Token));
            await storm.FailAsync(Failed);
            Assert.True(await redis.IsHealthyAsync());
            await redis.Server.StartAgainAsync(Token);
        }

        await storm.ServeAsync(Served);

        await storm.AssertNothingLostAsync();
        Assert.True(redis.App.Output.HasLine("connection", "lost"), redis.App.Output.Text);
    }
}
