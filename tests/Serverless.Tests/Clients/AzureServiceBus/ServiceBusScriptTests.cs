using Serverless.Components.Clients.AzureRest;
using Serverless.Components.Clients.AzureServiceBus;
using Serverless.Tests.Clients.AzureRest;

namespace Serverless.Tests.Clients.AzureServiceBus;

/// <summary>Requests to the letter, and answers that the server for tests does not give.</summary>
public sealed class ServiceBusScriptTests
{
    private static readonly ServiceBusEntity Queue = ServiceBusEntity.Queue("q 1");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Requests_EachOperation_AreAsDocumented()
    {
        await using var service = new ScriptedService((request, _) => request.Target.EndsWith("/messages", StringComparison.Ordinal) ? ScriptedService.Answer(201)
            : request.Method == "POST" && request.Target.Contains("/head", StringComparison.Ordinal)
                ? ScriptedService.Answer(201, "x", "Location: https://other.example/q%201/messages/7/token\r\nBrokerProperties: {\"SequenceNumber\":7}\r\n")
            : ScriptedService.Answer(200, "y", "BrokerProperties: {}\r\n"));
        using var bus = Client(service);
        var message = new ServiceBusMessage
        {
            Body = "{\"a\":\"ü\"}"u8.ToArray(),
            MessageId = "m",
            CorrelationId = "c",
            SessionId = "s",
            PartitionKey = "s",
            Subject = "l",
            ReplyTo = "r",
            To = "t",
            TimeToLive = new TimeSpan(1, 2, 3, 4, 500),
            ScheduledOn = new DateTimeOffset(2026, 1, 2, 4, 4, 5, TimeSpan.FromHours(1)),
            Properties = new Dictionary<string, string> { ["k"] = "v" },
        };

        await bus.SendAsync(Queue, [message, new ServiceBusMessage { Body = new byte[] { 0xFF } }], Cancelled);
        var got = await bus.ReceiveAsync(Queue, TimeSpan.FromSeconds(2.9), Cancelled);
        await bus.RenewAsync(got!.Lock!, Cancelled);
        await bus.AbandonAsync(got.Lock!, Cancelled);
        await bus.CompleteAsync(got.Lock!, Cancelled);
        await bus.ReceiveAndDeleteAsync(ServiceBusEntity.Subscription("t/1", "s").DeadLetters, TimeSpan.Zero, Cancelled);

        Assert.Equal(
            [
                "POST /q%201/messages", "POST /q%201/messages/head?timeout=2", "POST /q%201/messages/7/token", "PUT /q%201/messages/7/token", "DELETE /q%201/messages/7/token",
                "DELETE /t/1/subscriptions/s/$DeadLetterQueue/messages/head?timeout=0",
            ],
            service.Requests.Select(request => $"{request.Method} {request.Target}"));
        Assert.All(service.Requests.Skip(1), request => Assert.Equal(("0", ""), (request.Headers["Content-Length"], request.Body)));
        var sent = service.Requests.First();
        Assert.Equal("application/vnd.microsoft.servicebus.json", sent.Headers["Content-Type"]);
        Assert.Equal(
            """[{"Body":"{\u0022a\u0022:\u0022\u00FC\u0022}","BrokerProperties":{"MessageId":"m","CorrelationId":"c","SessionId":"s","PartitionKey":"s","Label":"l","ReplyTo":"r","To":"t",""" + "\""
            + """TimeToLiveTimeSpan":"1.02:03:04.5000000","ScheduledEnqueueTimeUtc":"Fri, 02 Jan 2026 03:04:05 GMT"},"UserProperties":{"k":"v"}},"""
            + """{"Body":"/w==","IsBodyBase64":true,"BrokerProperties":{}}]""",
            sent.Body);
    }

    [Fact]
    public async Task Receive_Headers_AreToldApart()
    {
        await using var service = new ScriptedService(ScriptedService.Answer(
            200, "body", "Content-Type: text/plain\r\nServer: Microsoft-HTTPAPI/2.0\r\nStrict-Transport-Security: max-age=31536000\r\nDate: Fri, 02 Jan 2026 03:04:05 GMT\r\n"
            + "kind: \"a \\\"b\\\"\"\r\ncount: 5\r\nratio: 1.5\r\nisIt: true\r\nat: \"Fri, 02 Jan 2026 03:04:05 GMT\"\r\n"
            + "BrokerProperties: {\"DeliveryCount\":3,\"EnqueuedTimeUtc\":\"Fri, 02 Jan 2026 03:04:05 GMT\",\"TimeToLive\":922337203685.47754,\"New\":{}}\r\n"));
        using var bus = Client(service);

        var got = (await bus.ReceiveAndDeleteAsync(Queue, TimeSpan.Zero, Cancelled))!;

        Assert.Equal(("text/plain", 3, null, null), (got.ContentType, got.DeliveryCount, got.MessageId, got.Lock));
        Assert.Equal(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), got.EnqueuedOn);
        Assert.Equal(
            [("at", "Fri, 02 Jan 2026 03:04:05 GMT"), ("count", "5"), ("isIt", "true"), ("kind", "a \"b\""), ("ratio", "1.5")],
            got.Properties.OrderBy(property => property.Key, StringComparer.Ordinal).Select(property => (property.Key, property.Value)));
    }

    [Theory]
    [InlineData("BrokerProperties: no json\r\nLocation: /q/messages/1/t\r\n")]
    [InlineData("BrokerProperties: [1]\r\nLocation: /q/messages/1/t\r\n")]
    [InlineData("BrokerProperties: {\"LockedUntilUtc\":\"soon\"}\r\nLocation: /q/messages/1/t\r\n")]
    [InlineData("BrokerProperties: {}\r\n")]
    [InlineData("BrokerProperties: {\"MessageId\":\"\\ud800\"}\r\nLocation: /q/messages/1/t\r\n")]
    [InlineData("BrokerProperties: {\"SequenceNumber\":1.5}\r\nLocation: /q/messages/1/t\r\n")]
    public async Task Receive_AnswerThatIsNone_IsTold(string headers)
    {
        await using var service = new ScriptedService(ScriptedService.Answer(201, "x", headers));
        using var bus = Client(service);

        var fault = await Assert.ThrowsAsync<AzureServiceException>(() => bus.ReceiveAsync(Queue, TimeSpan.Zero, Cancelled));

        Assert.True(fault.IsFateUnknown);
        Assert.StartsWith("Service Bus receive from q%201: the service answered 201: its content can't be read", fault.Message, StringComparison.Ordinal);
    }

    private static ServiceBusClient Client(ScriptedService service) =>
        new(ServiceBusNamespace.Parse($"Endpoint=http://127.0.0.1:{service.Port};SharedAccessKeyName=all;SharedAccessKey=key"), TimeProvider.System);
}
