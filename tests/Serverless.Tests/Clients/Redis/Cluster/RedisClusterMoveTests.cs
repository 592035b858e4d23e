using System.Globalization;
using Serverless.Backends.Processes;
using Serverless.Components.Clients.Redis;
using Serverless.Components.Clients.Redis.Cluster;

namespace Serverless.Tests.Clients.Redis.Cluster;

[Collection(nameof(RedisClusterGroup))]
public sealed class RedisClusterMoveTests(RedisClusterFixture cluster)
{
    private static readonly RedisScript Swap = new(
        "local a, b = redis.call('GET', KEYS[1]), redis.call('GET', KEYS[2]); redis.call('SET', KEYS[1], b); redis.call('SET', KEYS[2], a); return a .. b");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ExecuteAsync_SlotMoved_FollowsAndFindsTheData()
    {
        var (source, target) = (cluster.Servers.Primaries[0], cluster.Servers.Primaries[1]);
        var tag = await cluster.TagOnAsync(source, "moved", Cancellation);
        var slot = RedisKeySlot.Of(tag);
        await using var client = cluster.Client();
        await client.ExecuteAsync(RedisCommand.On(RedisCommandName.Set, tag, "before"), Cancellation);

        await cluster.SettleAsync(Cancellation);
        await cluster.Servers.MoveAsync(slot, target, Cancellation);

        Assert.Equal("before", await GetAsync(client, tag));
        var redirections = await CountAsync(source, "MOVED");
        await client.ExecuteAsync(RedisCommand.On(RedisCommandName.Set, tag, "after"), Cancellation);
        Assert.Equal("after", await GetAsync(client, tag));
        Assert.Equal(redirections, await CountAsync(source, "MOVED"));
    }

    [Fact]
    public async Task ExecuteAsync_SlotOnItsWay_AsksTheTargetForEachKeyThatIsThere()
    {
        var (source, target) = (cluster.Servers.Primaries[1], cluster.Servers.Primaries[2]);
        var tag = await cluster.TagOnAsync(source, "asked", Cancellation);
        await using var client = cluster.Client();
        await client.ExecuteAsync(RedisCommand.On(RedisCommandName.Set, $"{{{tag}}}old", "stays"), Cancellation);
        await cluster.SettleAsync(Cancellation);
        var move = await cluster.Servers.BeginMoveAsync(RedisKeySlot.Of(tag), target, Cancellation);
        var asked = await CountAsync(source, "ASK");

        var command = RedisCommand.On(RedisCommandName.Set, $"{{{tag}}}new", "goes");
        command.Then = RedisCommand.Of(RedisCommandName.Wait, 0, 0);
        var reader = (await client.ExecuteAsync(command, Cancellation)).Read();

        Assert.Equal("OK", reader.ReadText());
        Assert.Equal(0, reader.ReadInteger());
        Assert.True(reader.IsAtEnd);
        Assert.True(await CountAsync(source, "ASK") > asked);
        Assert.Equal("stays", await GetAsync(client, $"{{{tag}}}old"));
        await move.MoveKeysAsync(Cancellation);
        Assert.Equal("stays", await GetAsync(client, $"{{{tag}}}old"));
        await move.FinishAsync(Cancellation);
        Assert.Equal("goes", await GetAsync(client, $"{{{tag}}}new"));
    }

    [Fact]
    public async Task ExecuteAsync_ScriptWhoseKeysAreOnTheirWay_WaitsUntilTheyAreTogether()
    {
        var (source, target) = (cluster.Servers.Primaries[2], cluster.Servers.Primaries[0]);
        var tag = await cluster.TagOnAsync(source, "tryagain", Cancellation);
        string[] keys = [$"{{{tag}}}a", $"{{{tag}}}b"];
        await using var client = cluster.Client(options => options with { MaxRetries = 1000, MaxRetryInterval = TimeSpan.FromMilliseconds(30) });
        await using var hasty = cluster.Client(options => options with { MaxRetries = 1 });
        await client.ExecuteAsync(RedisCommand.On(RedisCommandName.Set, keys[0], "A"), Cancellation);
        await client.ExecuteAsync(RedisCommand.On(RedisCommandName.Set, keys[1], "B"), Cancellation);
        await cluster.SettleAsync(Cancellation);
        var move = await cluster.Servers.BeginMoveAsync(RedisKeySlot.Of(tag), target, Cancellation);
        await source.CallAsync(["MIGRATE", "127.0.0.1", target.Server.Port.ToString(CultureInfo.InvariantCulture), keys[0], 0, 5000, "AUTH", "secret"], Cancellation);

        var swapping = client.ExecuteAsync(RedisCommand.Run(Swap, keys), Cancellation).AsTask();
        await Eventually.MustAsync("the server says TRYAGAIN", async () => await CountAsync(source, "TRYAGAIN") > 2, TimeSpan.FromSeconds(10), Cancellation);
        var refusal = await Assert.ThrowsAsync<RedisServerException>(async () => await hasty.ExecuteAsync(RedisCommand.Run(Swap, keys), Cancellation));
        Assert.False(swapping.IsCompleted);
        await move.MoveKeysAsync(Cancellation);
        await move.FinishAsync(Cancellation);

        Assert.Equal("TRYAGAIN", refusal.Code);
        Assert.Equal("AB", (await swapping).ToText());
        Assert.Equal("B", await GetAsync(client, keys[0]));
        Assert.Equal("A", await GetAsync(client, keys[1]));
    }

    [Fact]
    public async Task ExecuteAsync_SlotMovesUnderLoad_ExecutesEachCommandOnce()
    {
        var (source, target) = (cluster.Servers.Primaries[0], cluster.Servers.Primaries[2]);
        var tag = await cluster.TagOnAsync(source, "load", Cancellation);
        await using var client = cluster.Client(options => options with { MaxRetries = 20 });
        using var counters = new RedisCounters(client, [.. Enumerable.Range(0, 12).Select(number => $"{{{tag}}}{number}")]);

        await counters.RunAsync(
            async () =>
            {
                foreach (var to in new[] { target, source, target })
                {
                    await cluster.SettleAsync(Cancellation);
                    var before = counters.Acknowledged;
                    await cluster.Servers.MoveAsync(RedisKeySlot.Of(tag), to, Cancellation);
                    await Eventually.MustAsync("it goes on", () => Task.FromResult(counters.Acknowledged > before + 50), TimeSpan.FromSeconds(10), Cancellation);
                }
            },
            Cancellation);

        Assert.Empty(counters.Failures);
        await counters.VerifyAsync(Cancellation);
    }

    private static async Task<string?> GetAsync(RedisClient client, string key) =>
        (await client.ExecuteAsync(RedisCommand.On(RedisCommandName.Get, key), Cancellation)).ToText();

    // errorstat_MOVED:count=3
    private static async Task<int> CountAsync(Backends.Redis.RedisClusterNode node, string error) =>
        int.Parse((await node.Server.Cli.InfoAsync($"errorstat_{error}", Cancellation))?.Split('=')[1] ?? "0", CultureInfo.InvariantCulture);
}
