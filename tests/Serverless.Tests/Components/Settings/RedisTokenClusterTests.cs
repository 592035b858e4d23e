using Serverless.Backends.Processes;
using Serverless.Backends.Redis;
using Serverless.Components.Clients.Redis;
using Serverless.Components.Settings;
using Serverless.Tests.Functions.Http;
using RedisEndpoint = Serverless.Components.Clients.Redis.RedisEndpoint;

namespace Serverless.Tests.Components.Settings;

/// <summary>Tokens on a real cluster: every node's connection lives on them.</summary>
public sealed class RedisTokenClusterTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Renewal_Cluster_EveryConnectionIsAuthenticatedAgain()
    {
        await using var cluster = await RedisCluster.StartAsync(
            new RedisClusterSettings { Node = new RedisServerSettings { Password = "closed", Users = [new RedisUser("nobody", "closed")] } }, Token);
        var users = new RedisTokenUsers([.. cluster.Primaries.Select(node => node.Server.Cli)], name: null);
        var time = new ManualTimeProvider();
        using var log = new LogCapture();
        using var credential = new RollingCredential(time, users.AdmitAsync);
        using var tokens = new RedisEntraTokens(() => credential);
        await using var client = RedisClient.Create(new RedisOptions
        {
            Endpoints = [.. cluster.Primaries.Select(node => new RedisEndpoint("127.0.0.1", node.Server.Port))],
            Topology = RedisTopology.Cluster,
            Credentials = tokens.GetAsync,
            CommandTimeout = TimeSpan.MaxValue,
            QueueTimeout = TimeSpan.FromDays(1),
            IdleTimeout = null,
            Time = time,
            Logger = log,
        });
        await UseEveryNodeAsync(client);

        for (var roll = 0; roll < 3; roll++)
        {
            var ending = credential.Last;
            var connections = await users.ConnectionsOfAsync(ending.ObjectId, Token);
            time.Advance(TimeSpan.FromMinutes(55));
            await Eventually.MustAsync("every connection shows the new token", async () => (await users.ConnectionsOfAsync(ending.ObjectId, Token)).Count == 0, Limit, Token);

            await users.EndAsync(ending, Token);
            Assert.Equal(connections, await users.ConnectionsOfAsync(credential.Last.ObjectId, Token));
            await UseEveryNodeAsync(client);
        }

        Assert.Equal(3, (await users.ConnectionsOfAsync(credential.Last.ObjectId, Token)).Count);
        Assert.DoesNotContain(log.Messages, message => message.StartsWith("Warning", StringComparison.Ordinal));
    }

    private static async Task UseEveryNodeAsync(RedisClient client)
    {
        for (var key = 0; key < 32; key++)
        {
            await client.ExecuteAsync(RedisCommand.On(RedisCommandName.Set, $"k{key}", "1"), Token);
        }
    }
}
