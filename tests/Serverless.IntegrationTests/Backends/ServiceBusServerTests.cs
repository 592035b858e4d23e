using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Serverless.Backends.ServiceBus;

namespace Serverless.IntegrationTests.Backends;

/// <summary>The namespace by requests as the REST reference and recordings of the service have them; see ServiceBusAccessTests for tokens and limits.</summary>
public sealed class ServiceBusServerTests
{
    private const string BatchType = "application/vnd.microsoft.servicebus.json";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("https")]
    [InlineData("http")]
    public async Task PeekLock_SingleMessage_ComesBackWithAllItsProperties(string scheme)
    {
        await using var server = await StartAsync(new QueueSettings("q1"));
        using var bus = new ServiceBusRequests(server, scheme == "http" ? server.HttpAddress : server.Address);
        using var send = bus.Request(HttpMethod.Post, "q1/messages", "wört", "text/plain");
        send.Headers.Add("BrokerProperties", """{"Label":"My label","MessageId":"m1","CorrelationId":"c\u00e4","TimeToLive":40,"Typo":1,"ForcePersistence":false}""");
        foreach (var (name, value) in Custom)
        {
            send.Headers.TryAddWithoutValidation(name, value);
        }

        send.Headers.TryAddWithoutValidation("unquoted", "text");
        Assert.Equal((201, ""), await bus.SendAsync(send));

        using var locked = await bus.TakeAsync("q1");
        Assert.Equal(HttpStatusCode.Created, locked.StatusCode);
        Assert.Equal("wört", await locked.Content.ReadAsStringAsync(Token));
        Assert.Equal("text/plain", locked.Content.Headers.ContentType!.MediaType);
        Assert.All(Custom, custom => Assert.Equal(custom.Value, Assert.Single(locked.Headers.GetValues(custom.Name))));
        Assert.False(locked.Headers.Contains("unquoted"));
        var text = Assert.Single(locked.Headers.GetValues("BrokerProperties"));
        Assert.True(Ascii.IsValid(text));
        var broker = JsonNode.Parse(text)!.AsObject();
        Assert.Equal(
            ["CorrelationId", "DeliveryCount", "EnqueuedSequenceNumber", "EnqueuedTimeUtc", "ForcePersistence", "Label", "LockToken", "LockedUntilUtc", "MessageId", "SequenceNumber", "State", "TimeToLive"],
            broker.Select(property => property.Key));
        Assert.Equal(("cä", 1, 0, "m1", 1, 40), ((string)broker["CorrelationId"]!, (int)broker["DeliveryCount"]!, (int)broker["EnqueuedSequenceNumber"]!, (string)broker["MessageId"]!, (int)broker["SequenceNumber"]!, (int)broker["TimeToLive"]!));
        Assert.Equal($"{bus.Address}q1/messages/1/{broker["LockToken"]}", locked.Headers.Location!.ToString());
        Assert.Equal(60, Math.Round((Time(broker, "LockedUntilUtc") - Time(broker, "EnqueuedTimeUtc")).TotalSeconds), 1.5);

        Assert.Equal(200, await bus.SettleAsync(HttpMethod.Delete, locked));
        Assert.Equal(404, await bus.SettleAsync(HttpMethod.Delete, locked));
        Assert.Equal(new EntityCounts(0, 0, 0, 0), server.Count("q1"));
    }

    [Fact]
    public async Task Batch_AsDocumented_IsReceivedInOrderAndDeleted()
    {
        await using var server = await StartAsync(new QueueSettings("q1"));
        using var bus = new ServiceBusRequests(server);
        Assert.Equal((201, ""), await bus.PostAsync("q1/messages", """
            [{"Body":"first","BrokerProperties":{"Label":"M1","TimeToLiveTimeSpan":"0.00:00:40"}},
             {"Body":"second","BrokerProperties":{"Label":"M2"},"UserProperties":{"Priority":"Low \"x\"","n":5,"b":true,"not a header":"y"}},
             {"Body":"AAEC","IsBodyBase64":true}]
            """, BatchType));
        using var first = await bus.TakeAsync("q1", HttpMethod.Delete);
        using var second = await bus.TakeAsync("q1", HttpMethod.Delete);
        using var third = await bus.TakeAsync("q1", HttpMethod.Delete);
        using var none = await bus.TakeAsync("q1", HttpMethod.Delete);

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.NoContent], new[] { first, second, third, none }.Select(answer => answer.StatusCode));
        Assert.Equal("application/xml", first.Content.Headers.ContentType!.MediaType);
        Assert.Equal("M1", (string?)Broker(first)["Label"]);
        Assert.Equal(40, (int)Broker(first)["TimeToLive"]!);
        Assert.Null(Broker(first)["LockToken"]);
        Assert.Null(first.Headers.Location);
        Assert.Equal("\"Low \\\"x\\\"\"", Assert.Single(second.Headers.GetValues("Priority")));
        Assert.Equal(["5", "true"], second.Headers.GetValues("n").Concat(second.Headers.GetValues("b")));
        Assert.Equal(922337203685.47754, (double)Broker(second)["TimeToLive"]!);
        Assert.Equal([0, 1, 2], await third.Content.ReadAsByteArrayAsync(Token));
        Assert.Matches("^[0-9a-f]{32}$", (string?)Broker(third)["MessageId"]);
    }

    [Theory]
    [InlineData("""[{"Body":"good"},{"Body":5}]""")]
    [InlineData("""[{"Body":"good"},{"Body":"x","BrokerProperties":{"TimeToLive":"40"}}]""")]
    [InlineData("""[{"Body":"good"},{"Body":"x","UserProperties":{"a":{}}}]""")]
    [InlineData("""[{"Body":"good"},{"Body":"x","BrokerProperties":{"SessionId":"a","PartitionKey":"b"}}]""")]
    [InlineData("""[{"Body":"good"}""")]
    public async Task Batch_OneBadItem_EnqueuesNothing(string batch)
    {
        await using var server = await StartAsync(new QueueSettings("q1"));
        using var bus = new ServiceBusRequests(server);
        var (status, body) = await bus.PostAsync("q1/messages", batch, BatchType);
        Assert.Equal(400, status);
        Assert.Equal("400", (string?)XElement.Parse(body).Element("Code"));
        Assert.NotEmpty((string?)XElement.Parse(body).Element("Detail") ?? "");
        Assert.Equal(0, server.Count("q1").Active);
    }

    [Fact]
    public async Task Batch_TypeWithCharset_IsOneMessage()
    {
        await using var server = await StartAsync(new QueueSettings("q1"));
        using var bus = new ServiceBusRequests(server);
        await bus.PostAsync("q1/messages", """[{"Body":"a"},{"Body":"b"}]""", $"{BatchType}; charset=utf-8");
        Assert.Equal(1, server.Count("q1").Active);
    }

    [Fact]
    public async Task Unlock_Message_IsDeliveredAgain()
    {
        await using var server = await StartAsync(new QueueSettings("q1"));
        using var bus = new ServiceBusRequests(server);
        await bus.PostAsync("q1/messages", "a");
        using var first = await bus.TakeAsync("q1");
        using var none = await bus.TakeAsync("q1");
        Assert.Equal(HttpStatusCode.NoContent, none.StatusCode);
        Assert.Equal(200, await bus.SettleAsync(HttpMethod.Put, first));
        using var second = await bus.TakeAsync("q1");
        Assert.Equal(2, (int)Broker(second)["DeliveryCount"]!);
        Assert.Equal(1, (int)Broker(second)["SequenceNumber"]!);
        Assert.Equal(404, await bus.SettleAsync(HttpMethod.Delete, first));

        // The id of the message does as well as its number.
        var byId = new Uri(second.Headers.Location!.ToString().Replace("/1/", $"/{Broker(second)["MessageId"]}/", StringComparison.Ordinal));
        Assert.Equal(200, await bus.SettleAsync(HttpMethod.Delete, byId));
    }

    [Fact]
    public async Task Lock_RunsOut_WakesTheNextReceiver()
    {
        await using var server = await StartAsync(new QueueSettings("q1") { LockDuration = TimeSpan.FromMilliseconds(400) });
        using var bus = new ServiceBusRequests(server);
        await bus.PostAsync("q1/messages", "a");
        using var first = await bus.TakeAsync("q1");
        using var second = await bus.TakeAsync("q1", timeout: 30);
        Assert.Equal(2, (int)Broker(second)["DeliveryCount"]!);
        Assert.Equal(404, await bus.SettleAsync(HttpMethod.Delete, first));
        Assert.Equal(404, await bus.SettleAsync(HttpMethod.Post, first));
    }

    [Theory]
    [InlineData(true, 200)]
    [InlineData(false, 404)]
    public async Task Renew_Lock_KeepsTheMessage(bool isRenewed, int completed)
    {
        var clock = new MovableClock();
        await using var server = await ServiceBusServer.StartAsync(new ServiceBusSettings { Queues = [new QueueSettings("q1")], Time = clock });
        using var bus = new ServiceBusRequests(server);
        await bus.PostAsync("q1/messages", "a");
        using var locked = await bus.TakeAsync("q1");
        clock.Ahead = TimeSpan.FromSeconds(40);
        if (isRenewed)
        {
            Assert.Equal(200, await bus.SettleAsync(HttpMethod.Post, locked));
        }

        clock.Ahead = TimeSpan.FromSeconds(80);
        Assert.Equal(completed, await bus.SettleAsync(HttpMethod.Delete, locked));
    }

    [Fact]
    public async Task Deliveries_TooMany_MakeADeadLetter()
    {
        await using var server = await StartAsync(new QueueSettings("q1") { MaxDeliveryCount = 2, LockDuration = TimeSpan.FromMilliseconds(400) });
        using var bus = new ServiceBusRequests(server);
        using var send = bus.Request(HttpMethod.Post, "q1/messages", "a");
        send.Headers.Add("BrokerProperties", """{"MessageId":"m1"}""");
        await bus.SendAsync(send);
        using var first = await bus.TakeAsync("q1");
        await bus.SettleAsync(HttpMethod.Put, first);
        using var second = await bus.TakeAsync("q1");

        // The second lock runs out while someone waits for dead letters.
        using var dead = await bus.TakeAsync("q1/$DeadLetterQueue", timeout: 30);
        Assert.Equal("\"MaxDeliveryCountExceeded\"", Assert.Single(dead.Headers.GetValues("DeadLetterReason")));
        Assert.True(dead.Headers.Contains("DeadLetterErrorDescription"));
        Assert.Equal("m1", (string?)Broker(dead)["MessageId"]);
        Assert.Equal(new EntityCounts(0, 0, 0, 0), server.Count("q1"));
        Assert.Equal(200, await bus.SettleAsync(HttpMethod.Delete, dead));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Life_RunsOut_MakesADeadLetterOrNothing(bool deadLetters)
    {
        await using var server = await StartAsync(new QueueSettings("q1") { TimeToLive = TimeSpan.FromMilliseconds(100), DeadLettersExpired = deadLetters });
        using var bus = new ServiceBusRequests(server);
        await bus.PostAsync("q1/messages", "a");
        await Eventually.MustAsync("the message has gone", () => Task.FromResult(server.Count("q1").Active == 0), TimeSpan.FromSeconds(30), Token);
        using var dead = await bus.TakeAsync("q1/$deadletterqueue");
        Assert.Equal(deadLetters ? HttpStatusCode.Created : HttpStatusCode.NoContent, dead.StatusCode);
        Assert.Equal(deadLetters, dead.Headers.TryGetValues("DeadLetterReason", out var reasons) && reasons.Single() == "\"TTLExpiredException\"");
    }

    [Fact]
    public async Task Schedule_Message_IsHeldUntilItsTime()
    {
        await using var server = await StartAsync(new QueueSettings("q1"));
        using var bus = new ServiceBusRequests(server);
        var due = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + 2);
        await bus.PostAsync("q1/messages", $$$"""[{"Body":"later","BrokerProperties":{"ScheduledEnqueueTimeUtc":"{{{due:R}}}"}},{"Body":"now"}]""", BatchType);
        using var now = await bus.TakeAsync("q1", HttpMethod.Delete);
        using var later = await bus.TakeAsync("q1", HttpMethod.Delete, timeout: 30);
        Assert.Equal("now", await now.Content.ReadAsStringAsync(Token));
        Assert.Equal("later", await later.Content.ReadAsStringAsync(Token));
        Assert.True(TimeProvider.System.GetUtcNow() >= due);
        Assert.Equal(due.ToString("R"), (string?)Broker(later)["EnqueuedTimeUtc"]);
    }

    [Fact]
    public async Task Duplicate_WithinTheWindow_IsAcceptedAndDropped()
    {
        var clock = new MovableClock();
        var queue = new QueueSettings("q1") { DuplicateWindow = TimeSpan.FromMinutes(10) };
        await using var server = await ServiceBusServer.StartAsync(new ServiceBusSettings { Queues = [queue], Time = clock });
        using var bus = new ServiceBusRequests(server);
        const string batch = """[{"Body":"a","BrokerProperties":{"MessageId":"m1"}},{"Body":"b","BrokerProperties":{"MessageId":"m2"}},{"Body":"c","BrokerProperties":{"MessageId":"m1"}}]""";
        Assert.Equal(201, (await bus.PostAsync("q1/messages", batch, BatchType)).Status);
        Assert.Equal(201, (await bus.PostAsync("q1/messages", batch, BatchType)).Status);
        Assert.Equal(2, server.Count("q1").Active);
        clock.Ahead = TimeSpan.FromMinutes(11);
        Assert.Equal(201, (await bus.PostAsync("q1/messages", batch, BatchType)).Status);
        Assert.Equal(4, server.Count("q1").Active);
    }

    [Fact]
    public async Task Topic_Message_ReachesEverySubscription()
    {
        var topic = new TopicSettings("t1", [new QueueSettings("s1"), new QueueSettings("s2")]);
        await using var server = await ServiceBusServer.StartAsync(new ServiceBusSettings { Topics = [topic] });
        using var bus = new ServiceBusRequests(server);
        await bus.PostAsync("t1/messages", "a");
        await bus.PostAsync("t1/messages", "b");
        using var first = await bus.TakeAsync("t1/Subscriptions/s1");
        using var other = await bus.TakeAsync("t1/subscriptions/s2");
        Assert.Equal((1, 1), ((int)Broker(first)["EnqueuedSequenceNumber"]!, (int)Broker(other)["EnqueuedSequenceNumber"]!));
        Assert.Equal(200, await bus.SettleAsync(HttpMethod.Delete, first));
        Assert.Equal(new EntityCounts(1, 0, 0, 0), server.Count("t1/subscriptions/s1"));
        Assert.Equal(new EntityCounts(1, 1, 0, 0), server.Count("t1/subscriptions/s2"));
        using var fromTopic = await bus.TakeAsync("t1");
        Assert.Equal(HttpStatusCode.Gone, fromTopic.StatusCode);
    }

    [Fact]
    public async Task Receivers_Waiting_GetEachMessageOnce()
    {
        await using var server = await StartAsync(new QueueSettings("q1"));
        using var bus = new ServiceBusRequests(server);
        var receivers = Enumerable.Range(0, 16).Select(_ => bus.TakeAsync("q1", timeout: 30)).ToList();
        await Eventually.MustAsync("all are waiting", () => Task.FromResult(server.Requests.Count == 16), TimeSpan.FromSeconds(30), Token);
        for (var i = 0; i < 16; i++)
        {
            await bus.PostAsync("q1/messages", $"{i}");
        }

        var answers = await Task.WhenAll(receivers);
        Assert.Equal(Enumerable.Range(1, 16), answers.Select(answer => (int)Broker(answer)["SequenceNumber"]!).Order());
        Array.ForEach(answers, answer => answer.Dispose());
    }

    private static readonly (string Name, string Value)[] Custom =
    [
        ("active", "true"), ("floating", "3.14"), ("hello", "\"world\""), ("large", "8555111000"), ("number", "-42"),
        ("dob", "\"Wed, 14 Dec 2011 00:00:00 GMT\""), ("double_quote_message", "\"This \\\"should\\\" work fine\""),
    ];

    private static Task<ServiceBusServer> StartAsync(QueueSettings queue) => ServiceBusServer.StartAsync(new ServiceBusSettings { Queues = [queue] });

    private static JsonObject Broker(HttpResponseMessage answer) => JsonNode.Parse(Assert.Single(answer.Headers.GetValues("BrokerProperties")))!.AsObject();

    private static DateTimeOffset Time(JsonObject broker, string name) => DateTimeOffset.Parse((string)broker[name]!, System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The system's clock, put forward.</summary>
    private sealed class MovableClock : TimeProvider
    {
        public TimeSpan Ahead { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;
    }
}
