using Serverless.Backends.Redis;

namespace Serverless.IntegrationTests.Backends;

public sealed class RedisGroupTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ReplicaPair_Write_ReachesReplicas()
    {
        await using var pair = await RedisReplicaPair.StartAsync(new RedisServerSettings { Password = "geheim" }, 2, Token);
        await pair.Primary.Cli.CallAsync(["SET", "key", "value"], Token);
        Assert.Equal(2, (await pair.Primary.Cli.CallAsync(["WAIT", 2, 30_000], Token)).Number);
        Assert.Equal("value", (await pair.Replicas[1].Cli.CallAsync(["GET", "key"], Token)).Text);
        var failure = await Assert.ThrowsAsync<RedisErrorException>(() => pair.Replicas[0].Cli.CallAsync(["SET", "key", "other"], Token));
        Assert.StartsWith("READONLY", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cluster_SlotMove_AnswersAskThenMoved()
    {
        await using var cluster = await RedisCluster.StartAsync(new RedisClusterSettings { Node = new() { Password = "geheim" } }, Token);
        Assert.Equal(3, cluster.Addresses.Split(',').Length);
        var slot = await cluster.SlotOfAsync("key", Token);
        var source = await cluster.OwnerAsync(slot, Token);
        var target = cluster.Primaries.First(node => node != source);
        await source.CallAsync(["SET", "key", "value"], Token);

        var move = await cluster.BeginMoveAsync(slot, target, Token);
        Assert.Equal("value", (await source.CallAsync(["GET", "key"], Token)).Text);
        await move.MoveKeysAsync(Token);
        Assert.Equal($"ASK {slot} {target.Server.Address}", await ErrorAsync(source));
        await using var asking = await target.Server.Cli.OpenAsync(Token);
        await asking.CallAsync(["ASKING"], Token);
        Assert.Equal("value", (await asking.CallAsync(["GET", "key"], Token)).Text);

        await move.FinishAsync(Token);
        Assert.Equal($"MOVED {slot} {target.Server.Address}", await ErrorAsync(source));
        Assert.Same(target, await cluster.OwnerAsync(slot, Token));
        await cluster.MoveAsync(slot, source, Token);
        Assert.Equal("value", (await source.CallAsync(["GET", "key"], Token)).Text);
    }

    [Fact]
    public async Task Cluster_DeadPrimary_IsReplaced()
    {
        await using var cluster = await RedisCluster.StartAsync(new RedisClusterSettings { ReplicasPerPrimary = 1 }, Token);
        var successor = await cluster.FailOverAsync(cluster.Primaries[0], Token);
        Assert.Same(cluster.Replicas[0], successor);
    }

    [Fact]
    public async Task Sentinels_FailoverAndDeadPrimary_AreFollowed()
    {
        var settings = new RedisSentinelSettings { Replicas = 2, SentinelPassword = "wache", Server = new() { Password = "geheim" } };
        await using var group = await RedisSentinelGroup.StartAsync(settings, Token);
        var first = await group.PrimaryAsync(Token);
        Assert.Same(group.Servers.First(), first);
        var second = await group.FailOverAsync(Token);
        Assert.NotSame(first, second);
        var third = await group.KillPrimaryAsync(Token);
        Assert.NotSame(second, third);
        Assert.Equal("OK", (await third.Cli.CallAsync(["SET", "key", "value"], Token)).Text);
    }

    private static async Task<string> ErrorAsync(RedisClusterNode node) =>
        (await Assert.ThrowsAsync<RedisErrorException>(() => node.CallAsync(["GET", "key"], Token))).Message;
}
