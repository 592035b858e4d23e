using Serverless.Backends.Azurite;
using Serverless.Backends.Redis;
using Serverless.IntegrationTests.HostEmulator;

namespace Serverless.IntegrationTests.Workflows.Host;

/// <summary>Workflows behind the emulated host on Azurite's queues, while its instances get SIGKILL every few seconds.</summary>
public sealed class HostedChaosTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The short variant: 60 workflows, two instances, six kills; times as <see cref="WorkflowHosts"/> shortens them.</summary>
    [Fact]
    public Task Workflows_WhileInstancesAreKilled_AllFinishOnce() => RunAsync(60, instances: 2, kills: 6, TimeSpan.FromSeconds(90));

    /// <summary>The short variant with the workflows in tables.</summary>
    [Fact(Explicit = true)]
    public Task WorkflowsInTables_WhileInstancesAreKilled_AllFinishOnce() => RunAsync(60, instances: 2, kills: 6, TimeSpan.FromSeconds(150), inTables: true);

    /// <summary>200 workflows, three instances, thirty kills.</summary>
    [Fact(Explicit = true)]
    public Task ManyWorkflows_WhileInstancesAreKilled_AllFinishOnce() => RunAsync(200, instances: 3, kills: 30, TimeSpan.FromMinutes(5));

    /// <summary>500 activities at once over four instances.</summary>
    [Fact]
    public async Task FanIn_OfFiveHundred_OverFourInstances_PoisonsNothing()
    {
        await using var queues = await AzuriteServer.StartAsync(Token);
        await using var redis = await RedisServer.StartAsync(Token);
        await using var hosts = await WorkflowHosts.StartAsync(WorkflowHosts.Settings(queues), 4, WorkflowHosts.Store("state.redis", ("redisHost", redis.Address)), WorkflowHosts.StorageDispatcher());
        var wide = new WorkloadItem("wide", "Spread", "500", 500, 0);
        await wide.StartAsync(hosts.Client);

        await wide.CheckAsync(hosts.Client, TimeSpan.FromSeconds(120), () => hosts.Story);
        await AssertNoPoisonAsync(queues);
    }

    private static async Task RunAsync(int count, int instances, int kills, TimeSpan limit, bool inTables = false)
    {
        var random = new Random(6);
        await using var queues = await AzuriteServer.StartAsync(Token);
        await using var redis = await RedisServer.StartAsync(Token);
        var store = inTables
            ? WorkflowHosts.Store("state.azure.tablestorage", ("accountName", queues.Account), ("accountKey", queues.Key), ("serviceURL", queues.TableEndpoint), ("tableName", "chaos"))
            : WorkflowHosts.Store("state.redis", ("redisHost", redis.Address));
        await using var hosts = await WorkflowHosts.StartAsync(WorkflowHosts.Settings(queues), instances, store, WorkflowHosts.StorageDispatcher());
        var items = WorkloadItem.Mix(count);
        var starting = Parallel.ForEachAsync(items, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = Token }, async (item, _) => await item.StartAsync(hosts.Client));
        for (var kill = 0; kill < kills; kill++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(1000 + random.Next(2000)), TimeProvider.System, Token);
            await hosts.KillAsync(kill % instances);
            await hosts.StartAgainAsync(kill % instances);
        }

        await starting;
        await Parallel.ForEachAsync(items, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = Token }, async (item, _) => await item.CheckAsync(hosts.Client, limit, () => hosts.Story));
        await AssertNoPoisonAsync(queues);
    }

    private static async Task AssertNoPoisonAsync(AzuriteServer queues)
    {
        foreach (var name in (string[])["workflow-turns-poison", "workflow-activities-poison"])
        {
            using var poison = new QueueRequests(queues.ConnectionString, name);
            Assert.Equal(0, await poison.CountAsync(Token));
        }
    }
}
