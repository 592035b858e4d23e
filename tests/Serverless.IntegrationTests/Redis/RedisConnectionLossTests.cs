namespace Serverless.IntegrationTests.Redis;

/// <summary>Connections and scripts are lost while the server lives.</summary>
public sealed class RedisConnectionLossTests(RedisApp redis) : IClassFixture<RedisApp>
{
    private const int Rounds = 40;
    private const int ServedBetween = 2;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Connections_KilledAgainAndAgain_ReadsSucceedAndWritesTellTheirFate()
    {
        await using var storm = Storm.Start(redis.State, Token);

        await RepeatAsync(storm, () => redis.Server.Cli.CallAsync(["CLIENT", "KILL", "TYPE", "normal"], Token));

        await storm.AssertNothingLostAsync();
        Assert.Equal(0, storm.FailedReads);
    }

    [Fact]
    public async Task Connections_ResetAgainAndAgain_ReadsSucceedAndWritesTellTheirFate()
    {
        await using var storm = Storm.Start(redis.ProxiedState, Token);

        await RepeatAsync(storm, () =>
        {
            redis.Proxy.CutAll();
            return Task.CompletedTask;
        });

        await storm.AssertNothingLostAsync(redis.State);
        Assert.Equal(0, storm.FailedReads);
    }

    [Fact]
    public async Task Scripts_FlushedAgainAndAgain_NoRequestFails()
    {
        await using var storm = Storm.Start(redis.State, Token);

        await RepeatAsync(storm, () => redis.Server.Cli.CallAsync(["SCRIPT", "FLUSH"], Token));

        await storm.AssertNothingLostAsync();
        Assert.Equal((0, 0), (storm.FailedReads, storm.FailedWrites));
    }

    private static async Task RepeatAsync(Storm storm, Func<Task> harm)
    {
        for (var round = 0; round < Rounds; round++)
        {
            await storm.ServeAsync(ServedBetween);
            await harm();
        }
    }
}
