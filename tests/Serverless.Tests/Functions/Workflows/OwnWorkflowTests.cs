using System.Text.Json.Nodes;
using Serverless.Backends.Apps;
using Serverless.Backends.Processes;
using Serverless.Components.Workflows;
using Serverless.Functions;

namespace Serverless.Tests.Functions.Workflows;

/// <summary>An app with workflows of its own, as a user's <c>Program.cs</c> makes it, with activities of another app over HTTP.</summary>
public sealed class OwnWorkflowTests : IAsyncLifetime
{
    private readonly int _port = FreePort.Lasting();
    private readonly TempFolder _folder = new();
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(30) };
    private RecordingApp _app = null!;
    private Task<int> _running = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _app = await RecordingApp.StartAsync();
        _running = DaprApp
            .Create([
                "--app-id", "own", "--dapr-http-port", $"{_port}", "--dapr-listen-addresses", "127.0.0.1", "--data-dir", _folder.Root, "--app-port", $"{_app.Port}",
                "--log-as-json", "--log-level", "fatal"])
            .AddRemoteActivity("charge", "/activities/charge")
            .AddRemoteActivity("refund")
            .AddActivity<Greet>()
            .AddWorkflow<Hello>()
            .AddWorkflow<Parent>()
            .AddWorkflow<Child>()
            .ConfigureWorkflows(catalog => catalog.AddWorkflow<JsonNode?, JsonNode?>("Charge", ChargeAsync))
            .RunAsync();
        await Eventually.MustAsync("the app is healthy", IsHealthyAsync, TimeSpan.FromSeconds(30), Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        using var answer = await _client.PostAsync(new Uri($"http://127.0.0.1:{_port}/v1.0/shutdown"), null, CancellationToken.None);
        Assert.Equal(0, await _running.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, CancellationToken.None));
        _client.Dispose();
        await _app.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Workflow_ActivityOfItsOwn_Runs() => Assert.Equal("\"hello, you\"", await RunAsync("Hello", "\"you\""));

    [Fact]
    public async Task RemoteActivity_GetsTheInputAndGivesTheResult()
    {
        _app.Script = (request, _) => Task.FromResult(AppReply.Json($$"""{"paid":{{request.Text}}}"""));

        Assert.Equal("""{"paid":{"amount":7}}""", await RunAsync("Charge", """{"amount":7}""", "i1"));

        var request = Assert.Single(_app.Of("POST", "/activities/charge"));
        Assert.Equal(("i1", "0"), (request.Header("dapr-workflow-instance-id"), request.Header("dapr-workflow-task-id")));
        Assert.StartsWith("i1-", request.Header("idempotency-key"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RemoteActivity_FailsOnce_IsRepeatedByThePolicyUnderAnotherKey()
    {
        _app.Script = (_, _) => Task.FromResult(_app.Requests.Count(call => call.Method == "POST") < 2 ? AppReply.Json("\"busy\"", 503) : AppReply.Json("1"));

        Assert.Equal("1", await RunAsync("Charge", "{}"));

        // A repetition by the policy is another call, whose own repetitions have one key.
        Assert.Equal(2, _app.Of("POST", "/activities/charge").Select(request => request.Header("idempotency-key")).Distinct().Count());
    }

    [Fact]
    public async Task RemoteActivity_Refused_FailsWithoutRepetitionAndCanBeCompensated()
    {
        _app.Script = (request, _) => Task.FromResult(request.Path == "/refund" ? AppReply.Ok : AppReply.Json("\"no money\"", 402));

        Assert.Equal("\"the app answered 402: \\u0022no money\\u0022\"", await RunAsync("Charge", "{}"));

        Assert.Single(_app.Of("POST", "/activities/charge"));
        Assert.Equal("", Assert.Single(_app.Of("POST", "/refund")).Text);
    }

    [Fact]
    public async Task RemoteActivity_AppIsDownForAWhile_IsWaitedFor()
    {
        await _app.StopAsync();
        await StartAsync("Charge", "{}", "i2");
        await Eventually.MustAsync("it runs", async () => await StatusAsync("i2") == "RUNNING", TimeSpan.FromSeconds(20), Cancel);

        _app.Script = (_, _) => Task.FromResult(AppReply.Json("2"));
        await _app.StartAgainAsync();

        await Eventually.MustAsync("it completes", async () => await StatusAsync("i2") == "COMPLETED", TimeSpan.FromSeconds(20), Cancel);
    }

    [Fact]
    public async Task Terminate_OfAParent_EndsItsChildren_AndPurgeRemovesThem()
    {
        await StartAsync("Parent", "true", "p");
        await HasStatusAsync("p:0000", "RUNNING");
        Assert.Equal((500, NotCompleted("p")), await PostAsync("p/purge"));

        Assert.Equal((202, "{}"), await PostAsync("p/terminate"));
        await HasStatusAsync("p", "TERMINATED");
        await HasStatusAsync("p:0000", "TERMINATED");

        Assert.Equal((202, "{}"), await PostAsync("p/purge"));
        Assert.Equal(404, (await PostAsync("p/purge")).Status);
        Assert.Equal(404, (await PostAsync("p:0000/purge")).Status);
    }

    [Fact]
    public async Task EndedParent_ChildRuns_IsNeitherPurgedNorReplaced()
    {
        await StartAsync("Parent", "false", "q");
        await HasStatusAsync("q", "COMPLETED");
        await HasStatusAsync("q:0000", "RUNNING");

        Assert.Equal((500, NotCompleted("q")), await PostAsync("q/purge"));
        var (status, body) = await PostAsync("Hello/start?instanceID=q");
        Assert.Equal(500, status);
        Assert.Contains("code = AlreadyExists desc = cannot recreate workflow with ID 'q': ", body, StringComparison.Ordinal);

        Assert.Equal((202, "{}"), await PostAsync("q:0000/raiseEvent/go"));
        await HasStatusAsync("q:0000", "COMPLETED");
        await StartAsync("Hello", "\"you\"", "q");
    }

    [Fact]
    public async Task Rerun_UnderItsOwnId_IsRefusedAndKeepsTheInstance()
    {
        Assert.Equal("\"hello, you\"", await RunAsync("Hello", "\"you\"", "r"));

        Assert.Equal(
            (400, """{"errorCode":"ERR_BAD_REQUEST","message":"invalid request: query parameter 'newInstanceID' must not be the ID of the workflow itself"}"""),
            await PostAsync("r/rerun/0?newInstanceID=r"));

        Assert.Equal("COMPLETED", await StatusAsync("r"));
    }

    private static string NotCompleted(string id) =>
        $$"""{"errorCode":"ERR_PURGE_WORKFLOW","message":"error purging workflow {{id}}: failed to Purge workflow {{id}}: orchestration has not yet completed"}""";

    private static async Task<JsonNode?> ChargeAsync(WorkflowContext context, JsonNode? input)
    {
        try
        {
            return await context.CallActivityAsync<JsonNode?>("charge", input, new WorkflowTaskOptions(new WorkflowRetryPolicy(3, TimeSpan.FromMilliseconds(50))));
        }
        catch (WorkflowTaskFailedException exception)
        {
            await context.CallActivityAsync("refund");
            return exception.FailureDetails.ErrorMessage;
        }
    }

    private async Task<string?> RunAsync(string workflow, string input, string? id = null)
    {
        id ??= Guid.NewGuid().ToString("N");
        await StartAsync(workflow, input, id);
        await Eventually.MustAsync("it completes", async () => await StatusAsync(id) == "COMPLETED", TimeSpan.FromSeconds(20), Cancel);
        return (string?)(await GetAsync(id))["properties"]!["dapr.workflow.output"];
    }

    private async Task StartAsync(string workflow, string input, string id)
    {
        using var content = new StringContent(input);
        using var answer = await _client.PostAsync(Address($"{workflow}/start?instanceID={id}"), content, Cancel);
        Assert.Equal(202, (int)answer.StatusCode);
    }

    private async Task<(int Status, string Body)> PostAsync(string path)
    {
        using var answer = await _client.PostAsync(Address(path), null, Cancel);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancel));
    }

    private async Task HasStatusAsync(string id, string status) => await Eventually.MustAsync(
        $"{id} is {status}",
        async () =>
        {
            using var answer = await _client.GetAsync(Address(id), Cancel);
            return answer.IsSuccessStatusCode && (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancel))!["runtimeStatus"] == status;
        },
        TimeSpan.FromSeconds(20),
        Cancel);

    private async Task<string?> StatusAsync(string id) => (string?)(await GetAsync(id))["runtimeStatus"];

    private async Task<JsonNode> GetAsync(string id) => JsonNode.Parse(await _client.GetStringAsync(Address(id), Cancel))!;

    private Uri Address(string path) => new($"http://127.0.0.1:{_port}/v1.0/workflows/dapr/{path}");

    private async Task<bool> IsHealthyAsync()
    {
        if (_running.IsCompleted)
        {
            throw new InvalidOperationException($"the app ended with {await _running.WaitAsync(Cancel)}");
        }

        try
        {
            using var answer = await _client.GetAsync(new Uri($"http://127.0.0.1:{_port}/v1.0/healthz"), Cancel);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    internal sealed class Hello : Workflow<string, string>
    {
        public override Task<string> RunAsync(WorkflowContext context, string input) => context.CallActivityAsync<string>(nameof(Greet), input);
    }

    /// <summary>Begins a child, and waits for it if it is told to.</summary>
    internal sealed class Parent : Workflow<bool, string>
    {
        public override async Task<string> RunAsync(WorkflowContext context, bool input)
        {
            var child = context.CallChildWorkflowAsync<string>(nameof(Child));
            return input ? await child : "gone";
        }
    }

    internal sealed class Child : Workflow<string?, string>
    {
        public override async Task<string> RunAsync(WorkflowContext context, string? input)
        {
            await context.WaitForExternalEventAsync<JsonNode?>("go");
            return "went";
        }
    }

    internal sealed class Greet : WorkflowActivity<string, string>
    {
        public override Task<string> RunAsync(WorkflowActivityContext context, string input) => Task.FromResult($"hello, {input}");
    }
}
