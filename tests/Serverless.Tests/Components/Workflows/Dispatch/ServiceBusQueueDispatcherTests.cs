using Serverless.Backends.Faults;
using Serverless.Backends.ServiceBus;
using Serverless.Components.Clients.AzureServiceBus;
using Serverless.Components.Registry;
using Serverless.Components.Workflows.Dispatch;
using Serverless.Components.Workflows.Dispatch.AzureServiceBusQueues;
using Serverless.Tests.Components.State;

namespace Serverless.Tests.Components.Workflows.Dispatch;

public sealed class ServiceBusQueueDispatcherTests
{
    private const string Type = "workflow.dispatcher.azure.servicebusqueues";
    private const string Turns = "workflow-turns";
    private const string Activities = "workflow-activities";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    [Fact]
    public async Task Send_ToEachQueue_PutsThereWhatIsReadAgain()
    {
        await using var server = await StartAsync();
        await using var dispatcher = Dispatcher(server);
        await dispatcher.InitializeAsync(Cancelled);
        WorkflowDoorbell[] bells = [.. Enumerable.Range(0, 250).Select(number => new WorkflowDoorbell("app", $"i-{number}", "turn", IsActivity: number % 5 == 0, Now.AddSeconds(-1)))];

        await dispatcher.SendAsync(bells, Cancelled);
        await dispatcher.SendAsync([], Cancelled);

        Assert.Equal(new EntityCounts(200, 0, 0, 0), server.Count(Turns));
        Assert.Equal(new EntityCounts(50, 0, 0, 0), server.Count(Activities));
        Assert.Equal(3, server.Requests.Count(request => request.Method == "POST"));
        using var client = Client(server);
        var first = await client.ReceiveAndDeleteAsync(ServiceBusEntity.Queue(Activities), TimeSpan.Zero, Cancelled);
        Assert.Equal(bells[0], DoorbellText.Read(first!.Body.Span));
    }

    [Fact]
    public async Task Send_Later_IsScheduledAndNeverEarly()
    {
        await using var server = await StartAsync();
        await using var dispatcher = Dispatcher(server);
        var due = Now.AddSeconds(1.2);

        await dispatcher.SendAsync([new("app", "month", "1", false, Now.AddDays(30)), new("app", "soon", "2", false, due)], Cancelled);

        Assert.Equal(new EntityCounts(0, 0, 2, 0), server.Count(Turns));
        using var client = Client(server);
        var message = await client.ReceiveAsync(ServiceBusEntity.Queue(Turns), TimeSpan.FromSeconds(10), Cancelled);
        Assert.Equal("soon", DoorbellText.Read(message!.Body.Span).InstanceId);
        Assert.InRange(Now, due, due.AddSeconds(5));
    }

    [Fact]
    public async Task Drain_DeadLetters_HandsOverAndRemovesOursAlone()
    {
        await using var server = await StartAsync(deliveries: 1);
        await using var dispatcher = Dispatcher(server);
        using var client = Client(server);
        await dispatcher.SendAsync([.. Enumerable.Range(0, 5).Select(number => new WorkflowDoorbell("app", $"i-{number}", "turn", IsActivity: number == 4, Now.AddSeconds(-1))), new("other", "theirs", "turn", false, Now.AddSeconds(-1))], Cancelled);
        foreach (var queue in (string[])[Turns, Activities])
        {
            while (await client.ReceiveAsync(ServiceBusEntity.Queue(queue), TimeSpan.Zero, Cancelled) is { } message)
            {
                await client.AbandonAsync(message.Lock!, Cancelled);
            }
        }

        Assert.Equal((5, 1), (server.Count(Turns).DeadLettered, server.Count(Activities).DeadLettered));
        var taken = new List<string>();

        await dispatcher.DrainPoisonAsync(
            (bell, _) =>
            {
                taken.Add(bell.InstanceId);
                return ValueTask.CompletedTask;
            },
            Cancelled);

        Assert.Equal(["i-0", "i-1", "i-2", "i-3", "i-4"], taken);
        Assert.Equal(new EntityCounts(0, 1, 0, 0), server.Count($"{Turns}/$DeadLetterQueue"));
        Assert.Equal(new EntityCounts(0, 0, 0, 0), server.Count($"{Activities}/$DeadLetterQueue"));
    }

    [Fact]
    public async Task Send_InDoubt_IsRepeated_AndOneThatFailsIsTold()
    {
        await using var server = await StartAsync();
        await using var dispatcher = Dispatcher(server);

        server.Faults.Inject(HttpFault.ResetAfterCommit);
        await dispatcher.SendAsync([new("app", "i", "turn", false, Now.AddSeconds(-1))], Cancelled);

        Assert.Equal(2, server.Count(Turns).Active);
        server.RemoveQueue(Turns);
        var fault = await Assert.ThrowsAsync<WorkflowDispatchException>(async () => await dispatcher.SendAsync([new("app", "i", "turn", false, Now)], Cancelled));
        Assert.Contains("the service answered 410", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Initialize_MissingQueue_SaysWhich()
    {
        await using var server = await ServiceBusServer.StartAsync(new ServiceBusSettings { Queues = [new(Turns)] });
        await using var dispatcher = Dispatcher(server);

        var fault = await Assert.ThrowsAsync<ComponentException>(() => dispatcher.InitializeAsync(Cancelled));

        Assert.Equal("component 'statestore': Service Bus queue workflow-activities does not exist: create it, or name another one", fault.Message);
    }

    [Fact]
    public async Task Initialize_WithoutTheRightToManage_LeavesItToTheFirstUse()
    {
        await using var server = await ServiceBusServer.StartAsync(new ServiceBusSettings { Policies = [new("some", "k", CanManage: false)] });
        await using var dispatcher = Dispatcher(server);

        await dispatcher.InitializeAsync(Cancelled);

        await Assert.ThrowsAsync<WorkflowDispatchException>(async () => await dispatcher.SendAsync([new("app", "i", "turn", false, Now)], Cancelled));
    }

    private static Task<ServiceBusServer> StartAsync(int deliveries = 10) => ServiceBusServer.StartAsync(
        new ServiceBusSettings { Queues = [new(Turns) { MaxDeliveryCount = deliveries }, new(Activities) { MaxDeliveryCount = deliveries }] });

    private static ServiceBusQueueDispatcher Dispatcher(ServiceBusServer server) => new(StateContexts.Create(Type, TimeProvider.System, ("connectionString", Connection(server))));

    private static ServiceBusClient Client(ServiceBusServer server) => new(ServiceBusNamespace.Parse(Connection(server)), TimeProvider.System);

    private static string Connection(ServiceBusServer server) => server.ConnectionString.Replace($"sb://{server.Address.Authority}/", server.HttpAddress.ToString(), StringComparison.Ordinal);
}
