using System.Text.Json.Nodes;

namespace Serverless.IntegrationTests.HostEmulator.Tests;

public sealed class TriggerInvokerTests : IAsyncLifetime
{
    private const string Answers = """
        const triggers = {
          '/ok': [200, '{"Outputs":{}}', 'application/json; charset=utf-8'],
          '/created': [201, '{}', 'application/json'],
          '/failing': [500, '{}', 'application/json'],
          '/text': [200, '{}', 'text/plain'],
          '/untyped': [200, '{}', ''],
          '/problem': [200, '{}', 'application/problem+json'],
          '/array': [200, '[]', 'application/json'],
          '/broken': [200, '{oops', 'application/json'],
          '/nothing': [204, '', ''],
          '/empty': [200, '', 'application/json'],
          '/null': [200, 'null', 'application/json'],
        };
        """;

    private readonly ScriptRoot _root = new ScriptRoot(Answers).WithQueue("binding-orders");
    private FunctionsHost? _host;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _host = await _root.StartAsync(isForwardOnly: false, Token, ("AzureFunctionsJobHost__functionTimeout", "00:00:01"));
        await _host.WaitUntilReadyAsync(Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _host!.DisposeAsync();
        _root.Dispose();
    }

    [Theory]
    [InlineData("ok", TriggerOutcome.Succeeded)]
    [InlineData("created", TriggerOutcome.Succeeded)]
    [InlineData("failing", TriggerOutcome.Failed)]
    [InlineData("text", TriggerOutcome.Failed)]
    [InlineData("untyped", TriggerOutcome.Failed)]
    [InlineData("problem", TriggerOutcome.Failed)]
    [InlineData("array", TriggerOutcome.Failed)]
    [InlineData("broken", TriggerOutcome.Failed)]
    [InlineData("nothing", TriggerOutcome.TimedOut)]
    [InlineData("empty", TriggerOutcome.TimedOut)]
    [InlineData("null", TriggerOutcome.TimedOut)]
    public async Task Invoke_Answer_DecidesTheOutcome(string function, TriggerOutcome expected)
    {
        var result = await _host!.InvokeAsync(function, new JsonObject(), Token);

        Assert.Equal(expected, result.Outcome);
    }

    [Fact]
    public async Task Invoke_TimedOut_HandlerIsKilledAndStartedAgain()
    {
        await _host!.InvokeAsync("nothing", new JsonObject(), Token);
        await _host.WaitUntilReadyAsync(Token);

        Assert.Equal(2, _host.Journal.Starts);
        Assert.Equal(TriggerOutcome.Succeeded, (await _host.InvokeAsync("ok", new JsonObject(), Token)).Outcome);
    }

    [Fact]
    public async Task Invoke_Payload_HasTheHostsEncodings()
    {
        var data = new Dictionary<string, object?>
        {
            ["text"] = "hello",
            ["number"] = 1,
            ["truth"] = true,
            ["array"] = new JsonArray(1, 2),
            ["object"] = new JsonObject { ["a"] = 1 },
            ["bytes"] = new byte[] { 1, 2 },
        };
        var metadata = new Dictionary<string, object?> { ["DequeueCount"] = 2, ["Gone"] = null, ["orderTrigger"] = "dropped" };

        var result = await _host!.InvokeAsync("binding-orders", data, metadata, Token);

        var sent = JsonNode.Parse((string)result.Answer!["body"]!)!;
        var expected = JsonNode.Parse("""
            {"Data":{"text":"\"hello\"","number":"1","truth":"true","array":"[1,2]","object":{"a":1},"bytes":"AQI="},
             "Metadata":{"DequeueCount":"2"}}
            """);
        Assert.True(JsonNode.DeepEquals(expected, sent), sent.ToJsonString());
        Assert.Equal("POST", (string?)result.Answer["method"]);
        Assert.Equal("/binding-orders", (string?)result.Answer["url"]);
    }
}
