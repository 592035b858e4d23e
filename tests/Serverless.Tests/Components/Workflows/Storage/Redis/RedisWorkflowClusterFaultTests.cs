using Serverless.Components.Clients.Redis.Cluster;
using Serverless.Components.Workflows.Storage.Redis;
using Serverless.Tests.Clients.Redis.Cluster;
using Serverless.Tests.Components.State.Redis;

namespace Serverless.Tests.Components.Workflows.Storage.Redis;

/// <summary>A cluster whose nodes die and whose slots move while turns are committed.</summary>
public sealed class RedisWorkflowClusterFaultTests(RedisClusterFixture fixture) : IClassFixture<RedisClusterFixture>
{
    private static readonly string[] Ids = [.. Enumerable.Range(0, 48).Select(number => $"order-{number}")];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Commit_NodeKilled_LosesNothingAcknowledged()
    {
        await using var store = await OpenAsync("crash");
        using var load = new RedisWorkflowLoad(store, Ids);

        await load.RunAsync(
            async () =>
            {
                foreach (var node in fixture.Servers.Primaries.Take(2))
                {
                    await load.ProgressAsync(300, Token);
                    await node.Server.CrashAsync(Token);
                    await fixture.Servers.WaitUntilOkAsync(Token);
                }

                await load.ProgressAsync(300, Token);
            },
            Token);

        await VerifyAsync(load);
    }

    [Fact]
    public async Task Commit_SlotsMove_LosesNothing()
    {
        await using var store = await OpenAsync("move");
        using var load = new RedisWorkflowLoad(store, Ids);
        var (source, target) = (fixture.Servers.Primaries[0], fixture.Servers.Primaries[2]);

        await load.RunAsync(
            async () =>
            {
                await load.ProgressAsync(300, Token);
                for (var number = 0; number < 8; number++)
                {
                    var slot = RedisKeySlot.Of($"{{move||workflow||{number}}}");
                    if (await fixture.Servers.OwnerAsync(slot, Token) == source)
                    {
                        await fixture.SettleAsync(Token);
                        await fixture.Servers.MoveAsync(slot, target, Token);
                    }
                }

                await load.ProgressAsync(300, Token);
                await store.RepairAsync(TimeProvider.System.GetUtcNow(), Token);
            },
            Token);

        await VerifyAsync(load);
    }

    private async Task VerifyAsync(RedisWorkflowLoad load)
    {
        await load.VerifyAsync(Token);
        foreach (var node in fixture.Servers.Primaries)
        {
            await RedisWorkflowAudit.VerifyAsync(node.Server, Token);
        }
    }

    private async Task<RedisWorkflowStore> OpenAsync(string appId)
    {
        var context = RedisStores.Context(fixture.Servers.Addresses, TimeProvider.System, ("redisType", "cluster"), ("redisPassword", "secret"));
        var store = new RedisWorkflowStore(context, appId);
        await store.InitializeAsync(Token);
        return store;
    }
}
