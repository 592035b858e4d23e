using System.Text;
using Serverless.Backends.Faults;

namespace Serverless.IntegrationTests.Bindings.Azure;

/// <summary>The output bindings of Azure over the API: each operation, and each way to fail.</summary>
public sealed class AzureOutputTests(AzureBackends azure) : IClassFixture<AzureBackends>
{
    private const string Event = """{"id":"1","source":"/s","type":"t","specversion":"1.0","data":{"a":1}}""";

    [Theory]
    [InlineData("queue", "\"hello\"", """{"ttlInSeconds":"60"}""")]
    [InlineData("bus", "{\"a\":1}", """{"id":"m-1","kind":"x"}""")]
    [InlineData("grid", Event, "{}")]
    [InlineData("grid", $"[{Event},{Event}]", "{}")]
    [InlineData("hub", "\"x\"", """{"partitionKey":"k","contentType":"text/plain"}""")]
    public async Task Create_Any_AnswersNothing(string binding, string data, string metadata) => Assert.Equal((204, ""), await azure.CallAsync(binding, data, metadata));

    [Theory]
    [InlineData("queue")]
    [InlineData("bus")]
    [InlineData("grid")]
    [InlineData("hub")]
    public async Task UnknownOperation_Any_IsRefused(string binding)
    {
        var (status, text) = await azure.CallAsync(binding, "1", operation: "get");

        Assert.Equal(500, status);
        Assert.Contains($"error invoking output binding {binding}: binding {binding} does not support operation get. supported operations:create", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bus-refused", "the service answered 401: InvalidSignature")]
    [InlineData("bus-down", "Connection refused")]
    [InlineData("grid-refused", "the service answered 401 Unauthorized")]
    [InlineData("grid-down", "Connection refused")]
    [InlineData("hub-refused", "the service answered 401: InvalidSignature")]
    [InlineData("hub-down", "Connection refused")]
    public async Task Create_RefusedOrDown_SaysSoWithoutASecret(string binding, string fault)
    {
        var (status, text) = await azure.CallAsync(binding, Event);

        Assert.Equal(500, status);
        Assert.Contains("ERR_INVOKE_OUTPUT_BINDING", text, StringComparison.Ordinal);
        Assert.Contains(fault, text, StringComparison.Ordinal);
        Assert.DoesNotContain("executed is unknown", text, StringComparison.Ordinal);
        Assert.All(["wr0ng", "busSecret", "gridSecret", "hubSecret"], secret => Assert.DoesNotContain(secret, text + azure.App.Output.Text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("queue-refused", "the service answered 403 AuthenticationFailed")]
    [InlineData("queue-down", "Connection refused")]
    public async Task Queue_RefusedOrDownAtTheStart_IsNotThereAndSaysWhyWithoutASecret(string binding, string fault)
    {
        var (status, text) = await azure.CallAsync(binding, "1");

        Assert.Equal(500, status);
        Assert.Contains($"couldn't find output binding {binding}", text, StringComparison.Ordinal);
        Assert.True(azure.App.Output.HasLine($"component '{binding}': failed to create queue orders: Queue Storage create queue", fault), azure.App.Output.Text);
        Assert.DoesNotContain(AzureBackends.WrongKey, azure.App.Output.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_TracedWithAContentType_IsTaken() => Assert.Equal(
        (204, ""),
        await azure.CallAsync("bus", "1", """{"ContentType":"text/plain"}""", headers: [("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"), ("tracestate", "a=b"), ("baggage", "k=v")]));

    [Theory]
    [InlineData("queue", 65_537, "the message has 65537 bytes; a queue takes 65536")]
    [InlineData("bus", 1_048_577, "Service Bus takes 1048576 at once")]
    [InlineData("bus", 300_000, "the service answered 403")]
    [InlineData("grid", 1_048_577, "Event Grid takes 1048576 at once")]
    [InlineData("hub", 1_048_577, "Event Hubs takes 1048576")]
    public async Task Create_TooLarge_SaysHowMuch(string binding, int length, string fault)
    {
        var (status, text) = await azure.CallAsync(binding, $"\"{new string('a', length)}\"");

        Assert.Equal(500, status);
        Assert.Contains(fault, text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("queue", """{"ttl":"0"}""", "ttl value must be higher than zero: actual is 0")]
    [InlineData("bus", """{"ScheduledEnqueueTimeUtc":"soon"}""", "invalid time format for ScheduledEnqueueTimeUtc; expected HTTP time format or RFC3339")]
    [InlineData("hub", """{"contentType":"ü"}""", "the content type can't be sent")]
    public async Task Create_UnusableMetadata_SaysWhat(string binding, string metadata, string fault)
    {
        var (status, text) = await azure.CallAsync(binding, "1", metadata);

        Assert.Equal(500, status);
        Assert.Contains(fault, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_ServiceHangs_EndsInTimeAndLeavesTheFateOpen()
    {
        azure.Bus.Faults.Inject(HttpFault.Stall, "POST");

        var (status, text) = await azure.CallAsync("bus", "\"hung\"");

        Assert.Equal(500, status);
        Assert.Contains("whether it was executed is unknown", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("grid")]
    [InlineData("hub")]
    public async Task Create_Throttled_IsSentOnceMore(string binding)
    {
        var faults = binding == "grid" ? azure.Grid.Faults : azure.Hubs.Faults;
        faults.Inject(HttpFault.Answer(503).With("Retry-After", "1"), "POST", times: 1);

        Assert.Equal((204, ""), await azure.CallAsync(binding, Event));
    }

    [Fact]
    public async Task Create_QueueStorageGone_SaysSoAndServesAgain()
    {
        azure.QueueProxy.IsRefusing = true;
        azure.QueueProxy.CutAll();

        var (status, text) = await azure.CallAsync("queue", "1");
        azure.QueueProxy.IsRefusing = false;

        Assert.Equal(500, status);
        Assert.Contains("Queue Storage put message", text, StringComparison.Ordinal);
        Assert.True(await Eventually.TrueAsync(async () => (await azure.CallAsync("queue", "1")).Status == 204, TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Create_ToTheHub_ArrivesByteForByte()
    {
        await azure.CallAsync("hub", """{ "n": 1.50, "s": "ü<" }""");

        Assert.Contains("""{"n":1.50,"s":"ü\u003c"}""", azure.Hubs.Events.Select(one => Encoding.UTF8.GetString(one.Body)));
    }
}
