using System.Globalization;
using System.Text;
using Serverless.Backends.Faults;
using Serverless.Backends.Network;
using Serverless.Backends.ServiceBus;
using Serverless.Components.Bindings;
using Serverless.Components.Bindings.AzureServiceBusQueues;
using Serverless.Components.Registry;
using Serverless.Components.Registry.Triggers;
using Serverless.Tests.Components.State;
using Serverless.Tests.Functions.Http;

namespace Serverless.Tests.Components.Bindings.AzureServiceBusQueues;

public sealed class ServiceBusQueueBindingTests
{
    private const string Queue = "orders";
    private const string Trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private static readonly TimeSpan ShortLock = TimeSpan.FromSeconds(2);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Message_WithMetadata_ArrivesWithThem()
    {
        await using var server = await StartAsync();
        await using var binding = Binding(server);
        var handler = new RecordingHandler();

        Assert.Null(await binding.CreateAsync("{\"a\":\"wört\"}", ("id", "m-1"), ("CorrelationId", "c"), ("Label", "l"), ("kind", "x \"y\""), ("Id", "forged"), ("ttlInSeconds", "60")));
        Assert.Null(await binding.CreateAsync("\"text\"", ("ContentType", "text/plain"), ("kind", "y"), ("traceparent", Trace)));
        await using (new BindingReading(binding, handler))
        {
            await handler.WaitAsync(2);
        }

        Assert.Equal(["{\"a\":\"wört\"}", "\"text\""], handler.Texts);
        Assert.Equal(new Dictionary<string, string> { ["id"] = "m-1", ["correlationID"] = "c", ["label"] = "l", ["kind"] = "x \"y\"" }, handler.Events[0].Metadata);
        Assert.Equal(["id", "kind", "traceparent"], handler.Events[1].Metadata.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(Trace, handler.Events[1].Metadata["traceparent"]);
        Assert.Equal(new EntityCounts(0, 0, 0, 0), server.Count(Queue));
    }

    [Theory]
    [InlineData("2099-06-15T13:45:30.00Z", null)]
    [InlineData("2099-06-15T13:45:30.123456789+02:00", null)]
    [InlineData("Mon, 15 Jun 2099 13:45:30 GMT", null)]
    [InlineData("Sat 2024-06-15 12:13:14 UTC+4", "invalid time format for ScheduledEnqueueTimeUtc; expected HTTP time format or RFC3339")]
    public async Task Create_Scheduled_WaitsOrSaysWhatIsWrong(string time, string? fault)
    {
        await using var server = await StartAsync();
        await using var binding = Binding(server);

        Assert.Equal(fault, fault is null ? (await binding.CreateAsync("1", ("ScheduledEnqueueTimeUtc", time)))?.ToString() : await binding.FaultAsync("1", ("ScheduledEnqueueTimeUtc", time)));
        Assert.Equal(fault is null ? 1 : 0, server.Count(Queue).Scheduled);
    }

    [Fact]
    public async Task Create_Failures_AreToldAndRepeatedOnlyWhenNotExecuted()
    {
        await using var server = await StartAsync();
        await using var binding = Binding(server);
        await using var elsewhere = Binding(server, ("queueName", "nowhere"), ("disableEntityManagement", "true"));
        await using var wrong = Binding(server, ("connectionString", Connection(server, "wr0ng")));

        server.Faults.Inject(HttpFault.Answer(503).With("Retry-After", "0"), times: 2);
        await binding.CreateAsync("1");
        server.Faults.Inject(HttpFault.ResetAfterCommit);
        var doubt = await binding.FaultAsync("2");
        var refused = await wrong.FaultAsync("3");

        Assert.EndsWith("whether it was executed is unknown", doubt, StringComparison.Ordinal);
        Assert.Equal(2, server.Count(Queue).Active);
        Assert.Contains("the service answered 410", await elsewhere.FaultAsync("4"), StringComparison.Ordinal);
        Assert.Contains("the service answered 401: InvalidSignature", refused, StringComparison.Ordinal);
        Assert.DoesNotContain("wr0ng", refused, StringComparison.Ordinal);
        Assert.Equal("session id s and partition key p should be equal when both present", await binding.FaultAsync("5", ("SessionId", "s"), ("PartitionKey", "p")));
        Assert.StartsWith("the messages have", await binding.FaultAsync($"\"{new string('a', 1048577)}\""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Initialize_MissingQueue_IsMadeWhereTheKeyMayAndOnlyToldAtUseWhereNot()
    {
        await using var server = await ServiceBusServer.StartAsync(new ServiceBusSettings { Policies = [new("all", "k1"), new("some", "k2", CanManage: false)] });
        await using var some = Binding(server, ("connectionString", Connection(server, "k2", "some")));
        await some.InitializeAsync(Cancelled);
        Assert.Contains("410", await some.FaultAsync("1"), StringComparison.Ordinal);
        await using var all = Binding(server, ("connectionString", Connection(server, "k1", "all")), ("lockDurationInSec", "30"), ("maxDeliveryCount", "3"), ("ttlInSeconds", "90"), ("autoDeleteOnIdleInSec", "300"));

        await all.InitializeAsync(Cancelled);
        await all.InitializeAsync(Cancelled);

        Assert.Null(await some.CreateAsync("1"));
        Assert.Equal([200, 201, 200], server.Requests.Where(request => request.Path == $"/{Queue}" && request.Status is not 401).Select(request => request.Status!.Value));
    }

    [Fact]
    public async Task Initialize_ServiceDown_Fails()
    {
        await using var binding = new ServiceBusQueueBinding(BindingCalls.Context("bindings.azure.servicebusqueues", ("connectionString", "Endpoint=http://localhost:1/;SharedAccessKeyName=a;SharedAccessKey=b"), ("queueName", Queue), ("publishMaxRetries", "0")));

        var fault = await Assert.ThrowsAsync<ComponentException>(() => binding.InitializeAsync(Cancelled));

        Assert.StartsWith($"component 'statestore': failed to find or create queue {Queue}: Service Bus look for {Queue}", fault.Message, StringComparison.Ordinal);
        Assert.Contains("Connection refused", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refused_ComesAgainUntilItIsDead()
    {
        await using var server = await StartAsync(deliveries: 3);
        await using var binding = Binding(server);
        await binding.CreateAsync("1");
        var handler = new RecordingHandler { Script = (_, _) => ValueTask.FromResult(DeliveryResult.Refused("no")) };
        await using (new BindingReading(binding, handler))
        {
            await RecordingHandler.UntilAsync("the dead letter", () => server.Count(Queue).DeadLettered == 1);
        }

        Assert.Equal(3, handler.Events.Count);
    }

    [Fact]
    public async Task Unreachable_DoesNotCountTowardsDeath()
    {
        await using var server = await StartAsync(deliveries: 1);
        await using var binding = Binding(server);
        await binding.CreateAsync("1");
        var handler = new RecordingHandler();
        handler.Script = (_, _) => ValueTask.FromResult(handler.Events.Count < 3 ? DeliveryResult.Unreachable("down") : DeliveryResult.Delivered(default));
        await using (new BindingReading(binding, handler))
        {
            await RecordingHandler.UntilAsync("an empty queue", () => server.Count(Queue) is { Active: 0, Locked: 0 });
        }

        Assert.Equal((3, 0), (handler.Events.Count, server.Count(Queue).DeadLettered));
    }

    [Fact]
    public async Task SlowDelivery_KeepsItsLock()
    {
        await using var server = await StartAsync(ShortLock);
        await using var binding = Binding(server);
        await binding.CreateAsync("1");
        var handler = new RecordingHandler
        {
            Script = async (_, token) =>
            {
                await Task.Delay(ShortLock * 2, TimeProvider.System, token);
                return DeliveryResult.Delivered(default);
            },
        };
        await using (new BindingReading(binding, handler))
        {
            await RecordingHandler.UntilAsync("an empty queue", () => server.Count(Queue) is { Active: 0, Locked: 0 });
        }

        Assert.Single(handler.Events);
        Assert.Contains(server.Requests, request => request.Method == "POST" && request.Status == 200);
    }

    [Fact]
    public async Task LostLock_EndsTheDelivery_AndTheMessageComesAgain()
    {
        await using var server = await StartAsync(ShortLock);
        await using var binding = Binding(server, ("maxActiveMessages", "2"), ("maxConcurrentHandlers", "2"));
        await binding.CreateAsync("1");
        var ended = 0;
        var handler = new RecordingHandler
        {
            Script = async (_, token) =>
            {
                if (Interlocked.Increment(ref ended) > 1)
                {
                    return DeliveryResult.Delivered(default);
                }

                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
                return DeliveryResult.Delivered(default);
            },
        };
        await using (new BindingReading(binding, handler))
        {
            await handler.WaitAsync(1);
            server.Faults.Inject(HttpFault.Answer(404), "POST", $"/{Queue}/messages/1/");
            await handler.WaitAsync(2);
            await RecordingHandler.UntilAsync("an empty queue", () => server.Count(Queue) is { Active: 0, Locked: 0 });
        }
    }

    [Fact]
    public async Task SlowDelivery_BeyondItsLimit_IsGivenBackAndTold()
    {
        await using var server = await StartAsync();
        using var log = new LogCapture();
        await using var binding = new ServiceBusQueueBinding(
            BindingCalls.Context("bindings.azure.servicebusqueues", ("connectionString", Connection(server, server.Key())), ("queueName", Queue), ("handlerTimeoutInSec", "1")).LoggingTo(log));
        await binding.CreateAsync("1");
        var handler = new RecordingHandler();
        handler.Script = async (_, token) =>
        {
            await Task.Delay(handler.Events.Count == 1 ? Timeout.InfiniteTimeSpan : TimeSpan.Zero, TimeProvider.System, token);
            return DeliveryResult.Delivered(default);
        };
        await using (new BindingReading(binding, handler))
        {
            await handler.WaitAsync(2);
        }

        Assert.Equal(new EntityCounts(0, 0, 0, 0), server.Count(Queue));
        Assert.Contains(log.Messages, line => line.Contains("within 00:00:01, which handlerTimeoutInSec allows", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Options_LongestTimes_CanBeWaitedFor()
    {
        const string longest = "2147483647";
        await using var server = await StartAsync();
        await using var binding = Binding(
            server, ("timeoutInSec", longest), ("handlerTimeoutInSec", longest), ("lockRenewalInSec", longest), ("minConnectionRecoveryInSec", longest), ("maxConnectionRecoveryInSec", longest));
        var handler = new RecordingHandler();
        await using (new BindingReading(binding, handler))
        {
            await binding.CreateAsync("1");
            await handler.WaitAsync(1);
        }

        Assert.Equal(new EntityCounts(0, 0, 0, 0), server.Count(Queue));
    }

    [Fact]
    public async Task QueueGoneThrottledOrCut_IsReadAgain()
    {
        // A cut receive may have locked the next message.
        await using var server = await StartAsync(ShortLock);
        await using var proxy = new TcpProxy(server.HttpPort);
        await using var binding = Binding(server, ("connectionString", Connection(server, server.Key(), port: proxy.Port)), ("minConnectionRecoveryInSec", "0"));
        await using var sender = Binding(server);
        var handler = new RecordingHandler();
        await using (new BindingReading(binding, handler))
        {
            await sender.CreateAsync("1");
            await handler.WaitAsync(1);
            server.Faults.Inject(HttpFault.Answer(503).With("Retry-After", "1"), "POST", $"/{Queue}/messages/head");
            proxy.CutAll();
            await sender.CreateAsync("2");
            await RecordingHandler.UntilAsync("the second message", () => handler.Texts.Contains("2"));
            server.RemoveQueue(Queue);
            proxy.CutAll();
            await RecordingHandler.UntilAsync("a look for the missing queue", () => server.Requests.Any(request => request.Status == 410));
            server.AddQueue(new QueueSettings(Queue));
            await sender.CreateAsync("3");
            await RecordingHandler.UntilAsync("the third message", () => handler.Texts.Contains("3"));
        }
    }

    [Fact]
    public async Task Trigger_GivesTheSameEvent()
    {
        await using var binding = Binding(null);

        var read = binding.FromTrigger(new TriggerPayload
        {
            Data = "x"u8.ToArray(),
            Metadata = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["MessageId"] = "m", ["CorrelationId"] = "", ["Subject"] = "l", ["DeliveryCount"] = "2", ["ApplicationProperties"] = """{"kind":"x","n":5,"id":"forged","ID":"forged","LABEL":"forged","o":{}}""" },
        });

        Assert.Equal("x", Encoding.UTF8.GetString(read.Data.Span));
        Assert.Equal(new Dictionary<string, string> { ["id"] = "m", ["label"] = "l", ["kind"] = "x", ["n"] = "5" }, read.Metadata);
        Assert.Equal(new Dictionary<string, string> { ["queueName"] = Queue }, binding.TriggerFields);
    }

    [Fact]
    public void Options_Faults_AreToldTogether()
    {
        var fault = Assert.Throws<ComponentException>(() => new ServiceBusQueueBinding(BindingCalls.Context("bindings.azure.servicebusqueues", ("maxActiveMessages", "0"), ("lockRenewalInSec", "x"))));

        Assert.Equal(
            "component 'statestore': metadata 'connectionString': expected a value (it is required where namespaceName is not given); metadata 'queueName': expected a value (it is required); "
            + "metadata 'lockRenewalInSec': expected a whole number of at least 1; metadata 'maxActiveMessages': expected a whole number of at least 1",
            fault.Message);
    }

    private static Task<ServiceBusServer> StartAsync(TimeSpan? lockDuration = null, int deliveries = 10) => ServiceBusServer.StartAsync(new ServiceBusSettings
    {
        Queues = [new QueueSettings(Queue) { LockDuration = lockDuration ?? TimeSpan.FromMinutes(1), MaxDeliveryCount = deliveries }],
    });

    private static string Connection(ServiceBusServer server, string key, string policy = "RootManageSharedAccessKey", int? port = null) =>
        string.Create(CultureInfo.InvariantCulture, $"Endpoint=http://localhost:{port ?? server.HttpPort}/;SharedAccessKeyName={policy};SharedAccessKey={key}");

    private static ServiceBusQueueBinding Binding(ServiceBusServer? server, params (string Name, string Value)[] items)
    {
        var connection = server is null ? "Endpoint=sb://n/;SharedAccessKeyName=a;SharedAccessKey=b" : Connection(server, server.Key());
        (string Name, string Value)[] usual = [("connectionString", connection), ("queueName", Queue), ("publishInitialRetryIntervalInMs", "10")];
        return new(BindingCalls.Context("bindings.azure.servicebusqueues", usual, items));
    }
}
