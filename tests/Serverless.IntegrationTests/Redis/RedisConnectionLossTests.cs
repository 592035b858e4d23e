using Serverless.IntegrationTests.Load;

namespace Serverless.IntegrationTests.Redis;

/// <summary>Connections and scripts are lost while the server lives.</summary>
public sealed class RedisConnectionLossTests(RedisApp redis) : IClassFixture<RedisApp>
{
    private const int Rounds = 100;
    private const int ServedBetween = 2;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Connections_KilledAgainAndAgain_ReadsSucceedAndWritesTellTheirFate()
    {
        await using var storm = Storm.Start(redis.State, Token);

        var killed = 0L;

        await RepeatAsync(storm, async () => killed += (await redis.Server.Cli.CallAsync(["CLIENT", "KILL", "TYPE", "normal"], Token)).Number);

        await storm.AssertNothingLostAsync();
        Assert.Equal(0, storm.FailedReads);
        Assert.True(killed >= Rounds, $"{killed} killed");
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
        Assert.True(redis.Proxy.Accepted > Rounds, $"{redis.Proxy.Accepted} connections");
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
