using Serverless.Backends.Network;
using Serverless.Backends.Redis;
using Serverless.Components.Workflows.Storage.Redis;
using Serverless.Tests.Components.State.Redis;

namespace Serverless.Tests.Components.Workflows.Storage.Redis;

/// <summary>Servers that die and connections that break while turns are committed.</summary>
public sealed class RedisWorkflowFaultTests
{
    private static readonly string[] Ids = [.. Enumerable.Range(0, 24).Select(number => $"order-{number}")];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Commit_ServerKilledAgainAndAgain_LosesNothingAcknowledged()
    {
        await using var server = await RedisServer.StartAsync(new RedisServerSettings { IsDurable = true }, Token);
        await using var store = await OpenAsync(server.Address);
        using var load = new RedisWorkflowLoad(store, Ids);

        await load.RunAsync(
            async () =>
            {
                for (var crash = 0; crash < 4; crash++)
                {
                    await load.ProgressAsync(300, Token);
                    await server.CrashAsync(Token);
                }

                await load.ProgressAsync(100, Token);
            },
            Token);

        await load.VerifyAsync(Token);
        await RedisWorkflowAudit.VerifyAsync(server, Token);
        Assert.NotEqual(0, load.Troubles);
    }

    [Fact]
    public async Task Commit_ConnectionsBreakAtRandom_IsMadeOnceAndAtMostOnce()
    {
        await using var server = await RedisServer.StartAsync(Token);
        await using var proxy = new TcpProxy(server.Port);
        await using var store = await OpenAsync($"127.0.0.1:{proxy.Port}");
        using var load = new RedisWorkflowLoad(store, Ids);
        var random = new Random(20261120);

        await load.RunAsync(
            async () =>
            {
                for (var cut = 0; cut < 40; cut++)
                {
                    await load.ProgressAsync(5, Token);
                    (cut % 2 == 0 ? proxy.ToServer : proxy.ToClient).CutAfter(random.Next(1, cut % 2 == 0 ? 5000 : 500));
                }

                await load.ProgressAsync(100, Token);
            },
            Token);

        await load.VerifyAsync(Token);
        await RedisWorkflowAudit.VerifyAsync(server, Token);
        Assert.NotEqual(0, load.Unknown);
    }

    private static async Task<RedisWorkflowStore> OpenAsync(string address)
    {
        (string, string)[] soon = [("redisMinRetryInterval", "1"), ("redisMaxRetryInterval", "10")];
        var store = new RedisWorkflowStore(RedisStores.Context(address, TimeProvider.System, soon), "app");
        await store.InitializeAsync(Token);
        return store;
    }
}
