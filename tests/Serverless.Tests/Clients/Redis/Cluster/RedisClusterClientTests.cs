using Serverless.Components.Clients.Redis;
using Serverless.Components.Clients.Redis.Cluster;

namespace Serverless.Tests.Clients.Redis.Cluster;

[Collection(nameof(RedisClusterGroup))]
public sealed class RedisClusterClientTests(RedisClusterFixture cluster)
{
    private static readonly RedisScript Join = new("return redis.call('GET', KEYS[1]) .. redis.call('GET', KEYS[2]) .. ARGV[1]", isReadOnly: true);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ExecuteAsync_ManyKeys_LieOnAllPrimariesAndAreReadBack()
    {
        await using var client = cluster.Client();
        var keys = Enumerable.Range(0, 300).Select(number => $"many:{number}").ToArray();

        var writes = keys.Select(key => client.ExecuteAsync(RedisCommand.On(RedisCommandName.Set, key, "value of " + key), Cancellation).AsTask());
        await Task.WhenAll(writes);

        foreach (var key in keys)
        {
            Assert.Equal("value of " + key, await GetAsync(client, key));
        }

        foreach (var node in cluster.Servers.Primaries)
        {
            Assert.InRange((await node.CallAsync(["DBSIZE"], Cancellation)).Number, 50, long.MaxValue);
        }
    }

    [Theory]
    [InlineData("foo")]
    [InlineData("a{tag}b")]
    [InlineData("{}x")]
    [InlineData("ключ{ü}€")]
    public async Task KeySlot_AnyKey_IsTheServers(string key) =>
        Assert.Equal(await cluster.Servers.SlotOfAsync(key, Cancellation), RedisKeySlot.Of(key));

    [Fact]
    public async Task ExecuteAsync_SeedsThatAreAway_UsesTheOneThatIsThere()
    {
        var endpoints = cluster.Options.Endpoints;
        await using var client = cluster.Client(options => options with { Endpoints = [new("127.0.0.1", 1), new("127.0.0.1", 2), endpoints[2]] });

        await client.ExecuteAsync(RedisCommand.On(RedisCommandName.Set, "seed", "1"), Cancellation);

        Assert.Equal("1", await GetAsync(client, "seed"));
    }

    [Fact]
    public async Task ExecuteAsync_NoSeedThere_SaysThatNothingWasExecuted()
    {
        await using var client = cluster.Client(options => options with { Endpoints = [new("127.0.0.1", 1), new("127.0.0.1", 2)], MaxRetries = 1 });

        var fault = await Assert.ThrowsAsync<RedisConnectionException>(async () => await GetAsync(client, "x"));

        Assert.StartsWith("GET: not executed: no connection to 127.0.0.1:1: ", fault.Message, StringComparison.Ordinal);
        Assert.Contains("; no connection to 127.0.0.1:2: ", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ExecuteAsync_WrongPassword_FailsAtOnce()
    {
        await using var client = cluster.Client(options => options with { Credentials = _ => ValueTask.FromResult(new RedisCredentials("", "wrong")), MaxRetries = int.MaxValue });

        var fault = await Assert.ThrowsAsync<RedisConnectionException>(async () => await GetAsync(client, "x"));

        Assert.Contains("WRONGPASS", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ExecuteAsync_NoCluster_SaysSo()
    {
        await using var server = await Backends.Redis.RedisServer.StartAsync(Cancellation);
        await using var client = RedisClient.Create(RedisEndpoints.Options(RedisTopology.Cluster, server.Address) with { MaxRetries = 0 });

        var fault = await Assert.ThrowsAsync<RedisConnectionException>(async () => await client.ExecuteAsync(RedisCommand.On(RedisCommandName.Get, "x"), Cancellation));

        Assert.Contains("cluster support disabled", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ExecuteAsync_NoKey_GoesToAnyPrimary()
    {
        await using var client = cluster.Client();

        Assert.Equal("PONG", (await client.ExecuteAsync(RedisCommand.Of(RedisCommandName.Ping), Cancellation)).ToText());
        Assert.Contains("cluster_enabled:1", (await client.ExecuteAsync(RedisCommand.Of(RedisCommandName.Info, "cluster"), Cancellation)).ToText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ExecuteAsync_KeysOfDifferentSlots_FailsUnsent()
    {
        await using var client = cluster.Client();

        var fault = await Assert.ThrowsAsync<RedisCrossSlotException>(async () => await client.ExecuteAsync(RedisCommand.Run(Join, ["foo", "bar"], "secret value"), Cancellation));

        Assert.Equal(
            "EVALSHA: not executed: the keys 'foo' (slot 12182) and 'bar' (slot 5061) lie in different slots of the cluster; "
            + "give them a common hash tag as in '{tag}:key', or set a keyPrefix in braces",
            fault.Message);
    }

    [Fact]
    public async Task ExecuteAsync_ScriptOnEachNode_IsSentInFullWhereItIsUnknown()
    {
        await using var client = cluster.Client();
        foreach (var node in cluster.Servers.Primaries)
        {
            var tag = await cluster.TagOnAsync(node, "script", Cancellation);
            await node.CallAsync(["SCRIPT", "FLUSH"], Cancellation);
            await client.ExecuteAsync(RedisCommand.On(RedisCommandName.Set, $"{{{tag}}}a", "A"), Cancellation);
            await client.ExecuteAsync(RedisCommand.On(RedisCommandName.Set, $"{{{tag}}}b", "B"), Cancellation);

            var reply = await client.ExecuteAsync(RedisCommand.Run(Join, [$"{{{tag}}}a", $"{{{tag}}}b"], "C"), Cancellation);

            Assert.Equal("ABC", reply.ToText());
            Assert.Equal(1, (await node.CallAsync(["SCRIPT", "EXISTS", Join.Digest], Cancellation)).Items![0].Number);
        }
    }

    [Fact]
    public async Task DisposeAsync_CommandsUnderWay_AllEnd()
    {
        var client = cluster.Client();
        var commands = Enumerable.Range(0, 500).Select(number => client.ExecuteAsync(RedisCommand.On(RedisCommandName.Set, $"end:{number}", "1"), Cancellation).AsTask()).ToArray();

        await client.DisposeAsync();

        await Task.WhenAll(commands).WaitAsync(TimeSpan.FromSeconds(10), Cancellation).ContinueWith(static _ => { }, TaskScheduler.Default);
        Assert.All(commands, command => Assert.True(command.IsCompleted && (command.Exception is null || command.Exception.InnerException is RedisConnectionException)));
        await Assert.ThrowsAsync<RedisConnectionException>(async () => await GetAsync(client, "after"));
    }

    private static async Task<string?> GetAsync(RedisClient client, string key) =>
        (await client.ExecuteAsync(RedisCommand.On(RedisCommandName.Get, key), Cancellation)).ToText();
}
