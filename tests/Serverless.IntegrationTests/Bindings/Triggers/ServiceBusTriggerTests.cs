using System.Text;
using Serverless.Backends.Apps;
using Serverless.Backends.ServiceBus;
using Serverless.IntegrationTests.HostEmulator;
using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.Bindings.Triggers;

/// <summary>Service Bus queue to app through a generated trigger.</summary>
public sealed class ServiceBusTriggerTests
{
    private const string Queue = "orders";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Messages_AreDeliveredRepeatedOrWaitedFor()
    {
        await using var server = await ServiceBusServer.StartAsync(new ServiceBusSettings { Queues = [new QueueSettings(Queue) { MaxDeliveryCount = 3 }] });
        var connection = new ServiceBusConnection(server.HttpAddress, server.CreateToken());
        var recording = RecordingApp.Down();
        recording.Script = (request, _) => Task.FromResult(request.Text == "bad" ? new AppReply(500) : AppReply.Ok);
        await using var app = await TriggeredApp.StartAsync(
            recording,
            TriggeredApp.Settings(null) with { ServiceBus = connection, AppSettings = new Dictionary<string, string> { ["BUS"] = server.ConnectionString.Replace($"sb://{server.Address.Authority}", server.HttpAddress.ToString().TrimEnd('/'), StringComparison.Ordinal), ["QUEUE"] = Queue } },
            ("b.yaml", Resources.Component("bus", "bindings.azure.servicebusqueues", ("disableEntityManagement", "true")) + "\n  - name: connectionString\n    envRef: BUS\n  - name: queueName\n    envRef: QUEUE\n"));
        using var client = new HttpClient(new SocketsHttpHandler());
        string[] texts = ["hello", "\"hello\"", "{}", "{\"MessageId\":\"faked\"}", "aGVsbG8=", "grüße \ud83d\ude00", new string('x', 64 << 10)];
        foreach (var text in texts)
        {
            await SendAsync(client, connection, text);
        }

        // The app is down: the messages stay locked, and none is abandoned.
        await app.WaitForStatusAsync("bus", "did not answer");
        await recording.StartAgainAsync();
        var calls = await recording.WaitAsync(texts.Length, "POST", "/bus", Token, Limit);
        Assert.Equal(texts.Order(StringComparer.Ordinal), calls.Select(call => call.Text).Order(StringComparer.Ordinal));
        Assert.All(calls, call => Assert.StartsWith("id-", call.Header("Id"), StringComparison.Ordinal));

        // A refusal abandons: after MaxDeliveryCount the broker keeps it as a dead letter.
        await SendAsync(client, connection, "bad");
        await Eventually.MustAsync("the message is a dead letter", () => Task.FromResult(server.Count(Queue).DeadLettered == 1), Limit, Token);
        Assert.Equal(3, recording.Of("POST", "/bus").Count(call => call.Text == "bad"));
        Assert.Equal(texts.Length + 3, recording.Of("POST", "/bus").Count);
    }

    private static async Task SendAsync(HttpClient client, ServiceBusConnection connection, string text)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(connection.Address, $"{Queue}/messages"));
        request.Headers.TryAddWithoutValidation("Authorization", connection.Token);
        request.Headers.TryAddWithoutValidation("BrokerProperties", $$"""{"MessageId":"id-{{Guid.NewGuid():N}}"}""");
        request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(text));
        using var response = await client.SendAsync(request, Token);
        Assert.Equal(201, (int)response.StatusCode);
    }
}
