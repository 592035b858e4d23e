using Serverless.Backends.Processes;
using Serverless.Components.Clients.Redis;

namespace Serverless.Tests.Clients.Redis.Cluster;

[Collection(nameof(RedisClusterGroup))]
public sealed class RedisClusterFaultTests(RedisClusterFixture cluster)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ExecuteAsync_NodeCrashesAndComesBackUnderLoad_LosesAndRepeatsNothing()
    {
        await using var client = cluster.Client();
        using var counters = new RedisCounters(client, [.. Enumerable.Range(0, 24).Select(number => $"crash:{number}")]);

        await counters.RunAsync(
            async () =>
            {
                await Eventually.MustAsync("it counts", () => Task.FromResult(counters.Acknowledged > 500), TimeSpan.FromSeconds(10), Cancellation);
                await cluster.Servers.Primaries[1].Server.CrashAsync(Cancellation);
                await cluster.Servers.WaitUntilOkAsync(Cancellation);
            },
            Cancellation);

        await counters.VerifyAsync(Cancellation);
    }

    [Fact]
    public async Task ExecuteAsync_ConnectionsKilledUnderLoad_LosesAndRepeatsNothing()
    {
        await using var client = cluster.Client();
        using var counters = new RedisCounters(client, [.. Enumerable.Range(0, 24).Select(number => $"cut:{number}")]);

        await counters.RunAsync(
            async () =>
            {
                for (var round = 0; round < 5; round++)
                {
                    var before = counters.Acknowledged;
                    await cluster.Servers.Primaries[round % 3].CallAsync(["CLIENT", "KILL", "TYPE", "normal"], Cancellation);
                    await Eventually.MustAsync("it goes on", () => Task.FromResult(counters.Acknowledged > before + 100), TimeSpan.FromSeconds(10), Cancellation);
                }
            },
            Cancellation);

        await counters.VerifyAsync(Cancellation);
    }

    [Fact]
    public async Task ExecuteAsync_NodeHangs_OthersAreServedAndTheFateIsUnknown()
    {
        var hanging = cluster.Servers.Primaries[2].Server;
        await using var client = cluster.Client(options => options with { CommandTimeout = TimeSpan.FromMilliseconds(400) });
        var tag = await cluster.TagOnAsync(cluster.Servers.Primaries[2], "hang", Cancellation);
        var other = await cluster.TagOnAsync(cluster.Servers.Primaries[0], "hang", Cancellation);
        await client.ExecuteAsync(RedisCommand.On(RedisCommandName.Set, tag, "1"), Cancellation);
        hanging.Pause();
        try
        {
            var write = client.ExecuteAsync(RedisCommand.On(RedisCommandName.Set, tag, "2"), Cancellation).AsTask();
            await client.ExecuteAsync(RedisCommand.On(RedisCommandName.Set, other, "1"), Cancellation);
            var fault = await Assert.ThrowsAnyAsync<RedisException>(() => write);
            Assert.EndsWith("whether it was executed is unknown", fault.Message, StringComparison.Ordinal);
        }
        finally
        {
            hanging.Resume();
        }

        await cluster.Servers.WaitUntilOkAsync(Cancellation);
        await Eventually.MustAsync("it answers again", async () => await TryAsync(client, tag), TimeSpan.FromSeconds(10), Cancellation);
    }

    [Fact]
    public async Task ExecuteAsync_ReplicaPromotedUnderLoad_FollowsAndKeepsWhatItHas()
    {
        await using var servers = await Backends.Redis.RedisCluster.StartAsync(
            new Backends.Redis.RedisClusterSettings { ReplicasPerPrimary = 1, NodeTimeout = TimeSpan.FromSeconds(1) }, Cancellation);
        await using var client = RedisClient.Create(RedisEndpoints.Options(RedisTopology.Cluster, servers.Primaries[0].Server.Address));
        using var counters = new RedisCounters(client, [.. Enumerable.Range(0, 12).Select(number => $"promoted:{number}")]) { WaitsForReplica = true };

        await counters.RunAsync(
            async () =>
            {
                await Eventually.MustAsync("it counts", () => Task.FromResult(counters.Acknowledged > 100), TimeSpan.FromSeconds(10), Cancellation);

                // It was the only seed: the client has to find its way by the others.
                await servers.FailOverAsync(servers.Primaries[0], Cancellation);
            },
            Cancellation);

        await counters.VerifyAsync(Cancellation);
    }

    [Fact]
    public async Task ExecuteAsync_RolesExchangedUnderLoad_LosesAndRepeatsNothing()
    {
        await using var servers = await Backends.Redis.RedisCluster.StartAsync(
            new Backends.Redis.RedisClusterSettings { Primaries = 3, ReplicasPerPrimary = 1 }, Cancellation);
        await using var client = RedisClient.Create(RedisEndpoints.Options(RedisTopology.Cluster, servers.Addresses));
        using var counters = new RedisCounters(client, [.. Enumerable.Range(0, 12).Select(number => $"exchanged:{number}")]);

        await counters.RunAsync(
            async () =>
            {
                await Eventually.MustAsync("it counts", () => Task.FromResult(counters.Acknowledged > 100), TimeSpan.FromSeconds(10), Cancellation);
                await servers.Replicas[1].CallAsync(["CLUSTER", "FAILOVER"], Cancellation);
                await Eventually.MustAsync("the old primary follows", async () => await servers.Primaries[1].Server.Cli.InfoAsync("role", Cancellation) == "slave", TimeSpan.FromSeconds(10), Cancellation);
            },
            Cancellation);

        Assert.Empty(counters.Failures);
        await counters.VerifyAsync(Cancellation);
        await Eventually.MustAsync("only the witness is connected to the old primary", async () => await ClientsAsync(servers.Primaries[1]) == 1, TimeSpan.FromSeconds(10), Cancellation);
    }

    private static async Task<int> ClientsAsync(Backends.Redis.RedisClusterNode node) =>
        (await node.CallAsync(["CLIENT", "LIST", "TYPE", "normal"], Cancellation)).Text!.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length;

    private static async Task<bool> TryAsync(RedisClient client, string key)
    {
        try
        {
            await client.ExecuteAsync(RedisCommand.On(RedisCommandName.Get, key), Cancellation);
            return true;
        }
        catch (RedisException)
        {
            return false;
        }
    }
}
