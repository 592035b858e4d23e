using Serverless.Backends.Redis;
using Serverless.IntegrationTests.Load;

namespace Serverless.IntegrationTests.Redis;

/// <summary>failover true: the sentinels say who the primary is.</summary>
public sealed class RedisSentinelTests
{
    private const int Served = 5;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Primary_KilledUnderLoad_ReplicaTakesOverWithEveryStrongWrite()
    {
        await using var group = await RedisSentinelGroup.StartAsync(Token);
        await using var app = await RedisApp.StartAsync(
            RedisApp.Store($"{RedisClusterApp.Nobody},{group.SentinelAddresses}", ("failover", "true"), ("sentinelMasterName", group.PrimaryName)));
        using var client = app.Client();
        var state = new StateHttp(client);
        await using var storm = Storm.Start(state, Token, isStrong: true);
        await storm.ServeAsync(Served);

        var primary = await group.KillPrimaryAsync(Token);
        await storm.ServeAsync(Served);

        await storm.AssertNothingLostAsync();
        Assert.True((await state.SaveAsync("after", "1", Token)).IsSuccess);
        Assert.Equal("1", (await primary.Cli.CallAsync(["HGET", "app||after", "data"], Token)).Text);
    }
}
