using System.Text;
using System.Text.Json.Nodes;
using Serverless.Backends.DurableFunctions;
using Serverless.Backends.Faults;

namespace Serverless.IntegrationTests.Workflows.DurableFunctions;

/// <summary>The workflow API in front of a Durable Functions app, through the running app.</summary>
public sealed class DurableFunctionsTests(DurableFunctionsFixture fixture) : IClassFixture<DurableFunctionsFixture>, IDisposable
{
    private const string Unknown = "; whether it was executed is unknown";
    private readonly HttpClient _client = fixture.App.Client();
    private readonly string _id = $"i-{Guid.NewGuid():N}";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _client.Dispose();

    [Theory]
    [InlineData("v1.0")]
    [InlineData("v1.0-beta1")]
    [InlineData("v1.0-alpha1")]
    public async Task Start_ThenGet_ShowsTheOrchestration(string version)
    {
        var started = await CallAsync("POST", $"durable/Echo/start?instanceID={_id}", "{\"a\":1}", version);
        var got = await CallAsync("GET", $"durable/{_id}", null, version);

        Assert.Equal((202, $$"""{"instanceID":"{{_id}}"}"""), started);
        Assert.Equal(
            (200, $$$"""{"instanceID":"{{{_id}}}","workflowName":"Echo","createdAt":"2026-03-01T12:00:00Z","lastUpdatedAt":"2026-03-01T12:00:01Z","runtimeStatus":"COMPLETED","properties":{"dapr.workflow.input":"{\"a\":1}","dapr.workflow.output":"{\"a\":1}"}}"""),
            got);
    }

    [Fact]
    public async Task Start_WithoutAnId_MakesOne()
    {
        var (status, body) = await CallAsync("POST", "durable/Wait/start", "plain");
        var id = (string)JsonNode.Parse(body)!["instanceID"]!;

        Assert.Equal(202, status);
        Assert.Equal("plain", (string?)fixture.Server.Find(id)!.Input);
    }

    [Fact]
    public async Task Start_OfWhatRuns_IsRefused_AndOfWhatEndedReplacesIt()
    {
        await CallAsync("POST", $"durable/Wait/start?instanceID={_id}", "1");
        var again = await CallAsync("POST", $"durable/Echo/start?instanceID={_id}", "2");
        await CallAsync("POST", $"durable/{_id}/terminate", null);
        var replaced = await CallAsync("POST", $"durable/Echo/start?instanceID={_id}", "3");

        Assert.Equal(500, again.Status);
        Assert.Contains("ERR_START_WORKFLOW", again.Body, StringComparison.Ordinal);
        Assert.Contains($"an active workflow with ID '{_id}' already exists", again.Body, StringComparison.Ordinal);
        Assert.Equal(202, replaced.Status);
        Assert.Equal("Echo", fixture.Server.Find(_id)!.Name);
    }

    [Fact]
    public async Task Failed_ShowsWhy()
    {
        await CallAsync("POST", $"durable/Fail/start?instanceID={_id}", "1");

        var properties = JsonNode.Parse((await CallAsync("GET", $"durable/{_id}", null)).Body)!;

        Assert.Equal("FAILED", (string?)properties["runtimeStatus"]);
        Assert.StartsWith("Orchestrator function 'Fail' failed: ", (string?)properties["properties"]!["dapr.workflow.failure.error_message"], StringComparison.Ordinal);
        Assert.Null(properties["properties"]!["dapr.workflow.output"]);
    }

    [Fact]
    public async Task Life_OfOneThatWaits()
    {
        await CallAsync("POST", $"durable/Wait/start?instanceID={_id}", "1");
        List<string> seen = [await StatusAsync()];
        foreach (var (call, body) in ((string, string?)[])[("pause", null), ("resume", null), ("purge", null), ("raiseEvent/other", "1"), ("raiseEvent/Finish", "no json")])
        {
            var answer = await CallAsync("POST", $"durable/{_id}/{call}", body);
            seen.Add($"{call} {answer.Status} {await StatusAsync()}");
        }

        seen.Add((await CallAsync("GET", $"durable/{_id}", null)).Body.Contains("\"dapr.workflow.output\":\"\\\"no json\\\"\"", StringComparison.Ordinal) ? "output" : "no output");
        foreach (var call in (string[])["pause", "resume", "terminate", "raiseEvent/late", "purge"])
        {
            seen.Add($"{call} {(await CallAsync("POST", $"durable/{_id}/{call}", call.Contains('/', StringComparison.Ordinal) ? "1" : null)).Status}");
        }

        seen.Add($"get {(await CallAsync("GET", $"durable/{_id}", null)).Status}");
        Assert.Equal(
            [
                "RUNNING", "pause 202 SUSPENDED", "resume 202 RUNNING", "purge 500 RUNNING", "raiseEvent/other 202 RUNNING", "raiseEvent/Finish 202 COMPLETED", "output",
                "pause 202", "resume 202", "terminate 202", "raiseEvent/late 202", "purge 202", "get 404",
            ],
            seen);
    }

    [Theory]
    [InlineData("GET", "durable/none", null, 404, "ERR_INSTANCE_ID_NOT_FOUND", "unable to find workflow with the provided instance ID: none")]
    [InlineData("GET", "durable/none/history", null, 404, "ERR_INSTANCE_ID_NOT_FOUND", "unable to find workflow with the provided instance ID: none")]
    [InlineData("POST", "durable/none/raiseEvent/e", "1", 500, "ERR_RAISE_EVENT_WORKFLOW", "no such instance exists")]
    [InlineData("POST", "durable/none/pause", null, 500, "ERR_PAUSE_WORKFLOW", "no such instance exists")]
    [InlineData("POST", "durable/none/resume", null, 500, "ERR_RESUME_WORKFLOW", "no such instance exists")]
    [InlineData("POST", "durable/none/terminate", null, 404, "ERR_INSTANCE_ID_NOT_FOUND", "unable to find workflow with the provided instance ID: none")]
    [InlineData("POST", "durable/none/purge", null, 404, "ERR_INSTANCE_ID_NOT_FOUND", "unable to find workflow with the provided instance ID: none")]
    [InlineData("POST", "durable/Nosuch/start", "1", 500, "ERR_START_WORKFLOW", "the service answered 400: The function 'Nosuch' doesn't exist, is disabled, or is not an orchestrator function.")]
    [InlineData("POST", "durable/none/rerun/1", null, 500, "ERR_RERUN_WORKFLOW", "Durable Functions can't run an orchestration again from one of its events")]
    [InlineData("POST", "durable/Echo/start?startTime=2999-01-01T00:00:00Z", "1", 500, "ERR_START_WORKFLOW", "Durable Functions can't be told over HTTP to start an orchestration later")]
    [InlineData("POST", "durable/a/raiseEvent/b%2Fc", "1", 500, "ERR_RAISE_EVENT_WORKFLOW", "hold a slash")]
    [InlineData("GET", "durable-refused/a", null, 500, "ERR_GET_WORKFLOW", "Durable Functions get: the service answered 401")]
    [InlineData("POST", "durable-refused/Echo/start", "1", 500, "ERR_START_WORKFLOW", "Durable Functions get: the service answered 401")]
    [InlineData("GET", "durable-down/a", null, 500, "ERR_GET_WORKFLOW", "Connection refused")]
    [InlineData("POST", "durable-down/a/terminate", null, 500, "ERR_TERMINATE_WORKFLOW", "Connection refused")]
    [InlineData("GET", "durable-page/a", null, 500, "ERR_GET_WORKFLOW", "the service answered 200: its content can't be read (it is no JSON)")]
    [InlineData("POST", "durable-page/a/terminate", null, 500, "ERR_TERMINATE_WORKFLOW", "the service answered 200")]
    [InlineData("GET", "durable-silent/a", null, 500, "ERR_GET_WORKFLOW", "no answer within 0.3 s")]
    [InlineData("POST", "durable-silent/a/raiseEvent/e", "1", 500, "ERR_RAISE_EVENT_WORKFLOW", "no answer within 0.3 s" + Unknown)]
    [InlineData("GET", "durable-endless/a", null, 500, "ERR_GET_WORKFLOW", "the answer (200) is longer than 104857600 bytes")]
    [InlineData("GET", "durable-cutoff/a", null, 500, "ERR_GET_WORKFLOW", "ended prematurely")]
    public async Task Trouble_IsTold(string method, string target, string? body, int status, string code, string words)
    {
        var answer = await CallAsync(method, target, body);

        Assert.Equal((status, code), (answer.Status, (string?)JsonNode.Parse(answer.Body)!["errorCode"]));
        Assert.Contains(words, (string?)JsonNode.Parse(answer.Body)!["message"], StringComparison.Ordinal);
        Assert.DoesNotContain("secret", answer.Body, StringComparison.Ordinal);
        fixture.MustHaveKeptSecrets();
    }

    [Fact]
    public async Task AnswerLost_IsNotSentAgain()
    {
        await CallAsync("POST", $"durable/Wait/start?instanceID={_id}", "1");
        fixture.Server.Faults.Inject(HttpFault.ResetAfterCommit, "POST", $"{DurableFunctionsServer.Base}/instances/{_id}/raiseEvent");
        var raised = await CallAsync("POST", $"durable/{_id}/raiseEvent/other", "1");
        fixture.Server.Faults.Inject(HttpFault.ResetAfterCommit, "POST", $"{DurableFunctionsServer.Base}/orchestrators/Echo/{_id}2");
        var started = await CallAsync("POST", $"durable/Echo/start?instanceID={_id}2", "1");

        Assert.Contains(Unknown, raised.Body, StringComparison.Ordinal);
        Assert.Contains(Unknown, started.Body, StringComparison.Ordinal);
        Assert.Single(fixture.Server.Find(_id)!.History, happened => (string?)happened["EventType"] == "EventRaised");
        Assert.Single(fixture.Server.Requests, request => request.Path.EndsWith($"/orchestrators/Echo/{_id}2", StringComparison.Ordinal));
    }

    [Fact]
    public async Task List_Pages_OfItsTaskHub()
    {
        for (var index = 0; index < 5; index++)
        {
            await CallAsync("POST", $"durable-hub/{(index == 4 ? "Wait" : "Echo")}/start?instanceID=hub-{index}", "1");
        }

        var first = JsonNode.Parse((await CallAsync("GET", "durable-hub?pageSize=3", null)).Body)!;
        var second = JsonNode.Parse((await CallAsync("GET", $"durable-hub?pageSize=3&continuationToken={Uri.EscapeDataString((string)first["continuationToken"]!)}", null)).Body)!;
        var running = JsonNode.Parse((await CallAsync("GET", "durable-hub?status=RUNNING", null)).Body)!;

        Assert.Equal(["hub-0", "hub-1", "hub-2"], Ids(first));
        Assert.Equal(["hub-3", "hub-4"], Ids(second));
        Assert.Null(second["continuationToken"]);
        Assert.Equal(["hub-4"], Ids(running));
        Assert.Equal(404, (await CallAsync("GET", "durable/hub-0", null)).Status);
    }

    [Fact]
    public async Task History_ShowsWhatHappened()
    {
        await CallAsync("POST", $"durable/Chain/start?instanceID={_id}", "1");

        var events = JsonNode.Parse((await CallAsync("GET", $"durable/{_id}/history", null)).Body)!["events"]!.AsArray();

        Assert.Equal(["ExecutionStarted", "TaskCompleted", "SubOrchestrationInstanceCompleted", "ExecutionCompleted"], events.Select(happened => (string?)happened!["type"]));
        Assert.Equal(("Step", "\"a\""), ((string?)events[1]!["name"], (string?)events[1]!["data"]));
    }

    [Fact]
    public async Task Guarded_IsShownATokenOfItsAudience()
    {
        Assert.Equal(202, (await CallAsync("POST", $"durable-guarded/Echo/start?instanceID={_id}", "1")).Status);
        Assert.Equal(200, (await CallAsync("GET", $"durable-guarded/{_id}", null)).Status);
        Assert.NotNull(fixture.Guarded.Find(_id));
        fixture.MustHaveKeptSecrets();
    }

    [Fact]
    public async Task Metadata_ListsTheComponent()
    {
        var metadata = JsonNode.Parse(await _client.GetStringAsync(new Uri("v1.0/metadata", UriKind.Relative), Cancel))!;

        Assert.Contains(metadata["components"]!.AsArray(), component => (string?)component!["type"] == "workflow.azure.durablefunctions");
    }

    private static IEnumerable<string?> Ids(JsonNode list) => list["instances"]!.AsArray().Select(instance => (string?)instance!["instanceID"]);

    private async Task<string> StatusAsync() => (string?)JsonNode.Parse((await CallAsync("GET", $"durable/{_id}", null)).Body)!["runtimeStatus"] ?? "";

    private async Task<(int Status, string Body)> CallAsync(string method, string target, string? body, string version = "v1.0")
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri($"{version}/workflows/{target}", UriKind.Relative));
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8);
        using var response = await _client.SendAsync(request, Cancel);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(Cancel));
    }
}
