using System.Text;
using Azure.Core.Pipeline;
using Serverless.Backends.Faults;
using Serverless.Backends.Processes;
using Serverless.Backends.ServiceBus;
using Serverless.Components.Clients.AzureRest;
using Serverless.Components.Clients.AzureServiceBus;
using Serverless.Tests.Clients.AzureRest;

namespace Serverless.Tests.Clients.AzureServiceBus;

/// <summary>Against a namespace with real state.</summary>
public sealed class ServiceBusClientTests
{
    private static readonly ServiceBusEntity Queue = ServiceBusEntity.Queue("jobs/today");
    private static readonly TimeSpan NoWait = TimeSpan.Zero;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Message_WithEverything_ComesBackAsItWas()
    {
        await using var server = await StartAsync();
        using var bus = Client(server);
        var sent = Message("wört <&> \"x\"") with
        {
            MessageId = "m-1",
            CorrelationId = "c\u00e4",
            SessionId = null,
            PartitionKey = "p",
            Subject = "subject\r\nInjected: 1",
            ReplyTo = "back",
            To = "there",
            TimeToLive = TimeSpan.FromSeconds(90.5),
            Properties = new Dictionary<string, string> { ["kind"] = "x \"y\" ü", ["count"] = "5" },
        };

        await bus.SendAsync(Queue, [sent], Cancelled);
        var got = await bus.ReceiveAsync(Queue, NoWait, Cancelled);

        Assert.Equal("wört <&> \"x\"", Encoding.UTF8.GetString(got!.Body.Span));
        Assert.Equal(("m-1", "c\u00e4", "p", "subject\r\nInjected: 1", "back", "there"), (got.MessageId, got.CorrelationId, got.PartitionKey, got.Subject, got.ReplyTo, got.To));
        Assert.Equal(("x \"y\" ü", "5"), (got.Properties["kind"], got.Properties["count"]));
        Assert.Equal(2, got.Properties.Count);
        Assert.Equal(1, got.DeliveryCount);
        Assert.True(got.SequenceNumber > 0);
        Assert.InRange((got.LockedUntil!.Value - got.EnqueuedOn!.Value).TotalSeconds, 58, 62);
    }

    [Fact]
    public async Task Message_WithAContentType_ComesBackAsItWas()
    {
        await using var server = await StartAsync();
        using var bus = Client(server);
        var sent = new ServiceBusMessage
        {
            Body = new byte[] { 0xFF, 0, 0x80 },
            ContentType = "image/png",
            MessageId = "m-1",
            Subject = "sübject\r\nInjected: 1",
            TimeToLive = TimeSpan.FromSeconds(90),
            Properties = new Dictionary<string, string> { ["kind"] = "x \"y\"", ["count"] = "5" },
        };

        await bus.SendAsync(Queue, [sent], Cancelled);
        var got = await bus.ReceiveAsync(Queue, NoWait, Cancelled);

        Assert.Equal(sent.Body.ToArray(), got!.Body.ToArray());
        Assert.Equal(("image/png", "m-1", "sübject\r\nInjected: 1"), (got.ContentType, got.MessageId, got.Subject));
        Assert.Equal(new Dictionary<string, string> { ["kind"] = "x \"y\"", ["count"] = "5" }, got.Properties);
    }

    [Theory]
    [InlineData("the ContentType can't be sent", "text/plain\r\nInjected: 1", "kind", "x")]
    [InlineData("the ContentType can't be sent", "application/vnd.microsoft.servicebus.json", "kind", "x")]
    [InlineData("the property 'Host' can't be sent beside a ContentType: both travel as headers of HTTP", "text/plain", "Host", "x")]
    [InlineData("the property 'x-ms-date' can't be sent beside a ContentType: both travel as headers of HTTP", "text/plain", "x-ms-date", "x")]
    [InlineData("the property 'a b' can't be sent beside a ContentType: both travel as headers of HTTP", "text/plain", "a b", "x")]
    [InlineData("the property 'kind' can't be sent beside a ContentType: both travel as headers of HTTP", "text/plain", "kind", "x\r\nInjected: 1")]
    public async Task Message_WithAContentType_SlipsNoHeaderIn(string fault, string type, string name, string value)
    {
        await using var server = await StartAsync();
        using var bus = Client(server);
        var message = Message("a") with { ContentType = type, Properties = new Dictionary<string, string> { [name] = value } };

        Assert.Equal(fault, (await Assert.ThrowsAsync<ArgumentException>(() => bus.SendAsync(Queue, [message], Cancelled))).Message);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task Body_ThatIsNoText_ComesBackAsItWas()
    {
        await using var server = await StartAsync();
        using var bus = Client(server);
        byte[] bytes = [0xFF, 0x00, 0xFE, 0x80];

        await bus.SendAsync(Queue, [new ServiceBusMessage { Body = bytes }, new ServiceBusMessage { Body = default }, Message("\0\u0001")], Cancelled);

        Assert.Equal(bytes, (await bus.ReceiveAndDeleteAsync(Queue, NoWait, Cancelled))!.Body.ToArray());
        Assert.Empty((await bus.ReceiveAndDeleteAsync(Queue, NoWait, Cancelled))!.Body.ToArray());
        Assert.Equal("\0\u0001"u8.ToArray(), (await bus.ReceiveAndDeleteAsync(Queue, NoWait, Cancelled))!.Body.ToArray());
    }

    [Fact]
    public async Task Lock_Life_EndsWithCompletion()
    {
        await using var server = await StartAsync();
        using var bus = Client(server);
        await bus.SendAsync(Queue, [Message("a")], Cancelled);

        var first = (await bus.ReceiveAsync(Queue, NoWait, Cancelled))!;
        Assert.Null(await bus.ReceiveAsync(Queue, NoWait, Cancelled));
        Assert.True(await bus.RenewAsync(first.Lock!, Cancelled));
        Assert.True(await bus.AbandonAsync(first.Lock!, Cancelled));
        Assert.False(await bus.CompleteAsync(first.Lock!, Cancelled));

        var second = (await bus.ReceiveAsync(Queue, NoWait, Cancelled))!;
        Assert.Equal(2, second.DeliveryCount);
        Assert.True(await bus.CompleteAsync(second.Lock!, Cancelled));
        Assert.False(await bus.RenewAsync(second.Lock!, Cancelled));
        Assert.False(await bus.AbandonAsync(second.Lock!, Cancelled));
        Assert.Equal(new EntityCounts(0, 0, 0, 0), server.Count("jobs/today"));
    }

    [Theory]
    [InlineData(404)]
    [InlineData(409)]
    [InlineData(410)]
    public async Task Lock_Lost_IsToldByAValue(int status)
    {
        await using var server = await StartAsync(new ServiceBusSettings { LockLostStatus = status });
        using var bus = Client(server);
        await bus.SendAsync(Queue, [Message("a")], Cancelled);
        var got = (await bus.ReceiveAsync(Queue, NoWait, Cancelled))!;
        await bus.CompleteAsync(got.Lock!, Cancelled);

        Assert.False(await bus.CompleteAsync(got.Lock!, Cancelled));
        Assert.False(await bus.RenewAsync(got.Lock!, Cancelled));
    }

    [Fact]
    public async Task DeadLetters_AfterTheLastDelivery_AreReceivedWithTheirReason()
    {
        await using var server = await StartAsync(deliveries: 1);
        using var bus = Client(server);
        await bus.SendAsync(Queue, [Message("poison")], Cancelled);
        await bus.AbandonAsync((await bus.ReceiveAsync(Queue, NoWait, Cancelled))!.Lock!, Cancelled);

        Assert.Null(await bus.ReceiveAsync(Queue, NoWait, Cancelled));
        var dead = (await bus.ReceiveAsync(Queue.DeadLetters, NoWait, Cancelled))!;

        Assert.Equal("poison", Encoding.UTF8.GetString(dead.Body.Span));
        Assert.Equal("MaxDeliveryCountExceeded", dead.Properties["DeadLetterReason"]);
        Assert.True(await bus.CompleteAsync(dead.Lock!, Cancelled));
    }

    [Fact]
    public async Task Topic_EachSubscription_GetsTheMessage()
    {
        await using var server = await StartAsync();
        using var bus = Client(server);
        await bus.SendAsync(ServiceBusEntity.Topic("news"), [Message("a")], Cancelled);

        foreach (var name in new[] { "one", "two" })
        {
            var subscription = ServiceBusEntity.Subscription("news", name);
            var got = (await bus.ReceiveAsync(subscription, NoWait, Cancelled))!;
            Assert.Equal("a", Encoding.UTF8.GetString(got.Body.Span));
            Assert.True(await bus.CompleteAsync(got.Lock!, Cancelled));
        }
    }

    [Fact]
    public async Task Receive_WithAWait_GetsWhatComesMeanwhile()
    {
        await using var server = await StartAsync();
        using var bus = Client(server);

        var receiving = bus.ReceiveAsync(Queue, TimeSpan.FromSeconds(50), Cancelled);
        await Eventually.MustAsync("somebody waits", () => Task.FromResult(server.Requests.Count == 1), TimeSpan.FromSeconds(20), Cancelled);
        await bus.SendAsync(Queue, [Message("late")], Cancelled);

        Assert.Equal("late", Encoding.UTF8.GetString((await receiving)!.Body.Span));
        Assert.Equal("?timeout=50", server.Requests[0].Query);
    }

    [Fact]
    public async Task Send_Scheduled_ComesAtItsTime()
    {
        var time = new ManualTimeProvider();
        await using var server = await StartAsync(new ServiceBusSettings { Time = time });
        using var bus = Client(server, time: time);

        await bus.SendAsync(Queue, [Message("later") with { ScheduledOn = time.GetUtcNow() + TimeSpan.FromMinutes(5) }], Cancelled);
        Assert.Null(await bus.ReceiveAsync(Queue, NoWait, Cancelled));
        time.Advance(TimeSpan.FromMinutes(5));

        Assert.NotNull(await bus.ReceiveAsync(Queue, NoWait, Cancelled));
    }

    [Fact]
    public async Task ReceiveAndDelete_AnswerLost_IsNotSentAgain()
    {
        await using var server = await StartAsync();
        using var bus = Client(server);
        await bus.SendAsync(Queue, [Message("a"), Message("b")], Cancelled);
        server.Faults.Inject(HttpFault.ResetAfterCommit, "DELETE");

        var fault = await Assert.ThrowsAsync<AzureConnectionException>(() => bus.ReceiveAndDeleteAsync(Queue, NoWait, Cancelled));

        Assert.True(fault.IsFateUnknown);
        Assert.Equal(new EntityCounts(1, 0, 0, 0), server.Count("jobs/today"));
    }

    [Fact]
    public async Task Send_AnswerLost_IsNotSentAgain()
    {
        await using var server = await StartAsync();
        using var bus = Client(server);
        server.Faults.Inject(HttpFault.ResetAfterCommit, "POST");

        Assert.True((await Assert.ThrowsAsync<AzureConnectionException>(() => bus.SendAsync(Queue, [Message("a")], Cancelled))).IsFateUnknown);
        Assert.Equal(new EntityCounts(1, 0, 0, 0), server.Count("jobs/today"));
    }

    [Fact]
    public async Task Send_Throttled_IsSentAgain()
    {
        await using var server = await StartAsync();
        using var bus = Client(server);
        server.Faults.Inject(HttpFault.TooManyRequests(0), "POST", times: 2);

        await bus.SendAsync(Queue, [Message("a")], Cancelled);

        Assert.Equal((3, new EntityCounts(1, 0, 0, 0)), (server.Requests.Count, server.Count("jobs/today")));
    }

    [Theory]
    [InlineData(404)]
    [InlineData(410)]
    public async Task AnyOperation_NoEntity_Fails(int status)
    {
        await using var server = await StartAsync(new ServiceBusSettings { UnknownEntityStatus = status });
        using var bus = Client(server);
        var nowhere = ServiceBusEntity.Queue("nowhere");

        Assert.Equal(status, (await Assert.ThrowsAsync<AzureServiceException>(() => bus.SendAsync(nowhere, [Message("a")], Cancelled))).Status);
        Assert.Equal(status, (await Assert.ThrowsAsync<AzureServiceException>(() => bus.ReceiveAsync(nowhere, NoWait, Cancelled))).Status);
    }

    [Fact]
    public async Task AnyOperation_WrongKey_Fails()
    {
        await using var server = await StartAsync();
        using var bus = new ServiceBusClient(ServiceBusNamespace.Parse($"Endpoint={server.HttpAddress};SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=wrong"), TimeProvider.System);

        var fault = await Assert.ThrowsAsync<AzureServiceException>(() => bus.ReceiveAsync(Queue, NoWait, Cancelled));

        Assert.Equal(401, fault.Status);
        Assert.Contains("InvalidSignature", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Identity_OverHttps_IsLetIn()
    {
        await using var server = await StartAsync(new ServiceBusSettings { Accepts = token => token == "entra" });
        using var transport = new HttpClientTransport(server.CreateHandler());
        var credential = new AskedCredential("entra");
        using var bus = new ServiceBusClient(new ServiceBusNamespace(server.Address, ServiceBusCredential.Token(credential)), TimeProvider.System, transport: transport);

        await bus.SendAsync(Queue, [Message("a")], Cancelled);

        Assert.NotNull(await bus.ReceiveAsync(Queue, NoWait, Cancelled));
        Assert.Equal(["https://servicebus.azure.net/.default"], credential.Scopes);
    }

    [Fact]
    public async Task Send_WhatTheServiceWouldRefuse_IsRefusedBefore()
    {
        await using var server = await StartAsync();
        using var bus = Client(server, mostBytes: 10);

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => bus.SendAsync(Queue, [], Cancelled));
        var tooLarge = await Assert.ThrowsAsync<ArgumentException>(() => bus.SendAsync(Queue, [Message("12345"), Message("123") with { Properties = new Dictionary<string, string> { ["k"] = "vv" } }], Cancelled));
        Assert.StartsWith("the messages have 11 bytes; Service Bus takes 10 at once", tooLarge.Message, StringComparison.Ordinal);
        var tooLong = await Assert.ThrowsAsync<ArgumentException>(() => bus.SendAsync(Queue, [Message("1") with { SessionId = new string('s', 129) }], Cancelled));
        Assert.StartsWith("the SessionId has 129 characters; Service Bus takes 128", tooLong.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => bus.ReceiveAsync(Queue, TimeSpan.FromSeconds(56), Cancelled));
        Assert.Empty(server.Requests);
    }

    private static ServiceBusMessage Message(string text) => new() { Body = Encoding.UTF8.GetBytes(text) };

    private static Task<ServiceBusServer> StartAsync(ServiceBusSettings? settings = null, int deliveries = 10) => ServiceBusServer.StartAsync((settings ?? new ServiceBusSettings()) with
    {
        Queues = [new QueueSettings("jobs/today") { MaxDeliveryCount = deliveries }],
        Topics = [new TopicSettings("news", [new QueueSettings("one"), new QueueSettings("two")])],
    });

    private static ServiceBusClient Client(ServiceBusServer server, int mostBytes = ServiceBusClient.StandardMostBytes, TimeProvider? time = null) =>
        new(ServiceBusNamespace.Parse(server.ConnectionString) with { Endpoint = server.HttpAddress }, time ?? TimeProvider.System, mostBytes);
}
