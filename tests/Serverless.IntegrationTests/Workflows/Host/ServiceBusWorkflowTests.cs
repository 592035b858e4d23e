using Serverless.Backends.Redis;
using Serverless.Backends.ServiceBus;
using Serverless.IntegrationTests.HostEmulator;
using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.Workflows.Host;

/// <summary>Workflows behind the emulated host on Service Bus queues of the stand-in server.</summary>
public sealed class ServiceBusWorkflowTests
{
    private const string Turns = "workflow-turns";
    private const string Activities = "workflow-activities";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Mix_OfTwoInstances_OneOfThemKilled_Finishes()
    {
        await using var redis = await RedisServer.StartAsync(Token);
        await using var bus = await ServiceBusServer.StartAsync(new ServiceBusSettings { Queues = [new(Turns) { LockDuration = TimeSpan.FromSeconds(5) }, new(Activities) { LockDuration = TimeSpan.FromSeconds(5) }] });
        var settings = WorkflowHosts.Settings(null);
        settings = settings with
        {
            ServiceBus = new ServiceBusConnection(bus.HttpAddress, bus.CreateToken()),
            AppSettings = new Dictionary<string, string>(settings.AppSettings) { ["BUS"] = bus.ConnectionString.Replace($"sb://{bus.Address.Authority}/", bus.HttpAddress.ToString(), StringComparison.Ordinal) },
        };
        var dispatcher = Resources.Component("flows", "workflow.dispatcher.azure.servicebusqueues", ("heartbeatInterval", "2s"), ("resendAfter", "2s")) + "\n  - name: connectionString\n    envRef: BUS\n";
        await using var hosts = await WorkflowHosts.StartAsync(settings, 2, WorkflowHosts.Store("state.redis", ("redisHost", redis.Address)), dispatcher);
        var items = WorkloadItem.Mix(20);
        await Parallel.ForEachAsync(items, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Token }, async (item, _) => await item.StartAsync(hosts.Client));
        await hosts.KillAsync(0);
        await hosts.StartAgainAsync(0);

        await Parallel.ForEachAsync(items, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = Token }, async (item, _) => await item.CheckAsync(hosts.Client, Limit, () => hosts.Story));
        Assert.Equal((0, 0), (bus.Count(Turns).DeadLettered, bus.Count(Activities).DeadLettered));
    }
}
