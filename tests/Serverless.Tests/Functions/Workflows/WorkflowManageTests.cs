using Serverless.Components.Workflows.Instances;
using Serverless.Functions.Hosting;
using Serverless.Functions.Workflows;
using Serverless.Tests.Functions.Http;

namespace Serverless.Tests.Functions.Workflows;

public sealed class WorkflowManageTests
{
    private const string NoSuch = "no such instance exists";

    public static TheoryData<string, string, string> Operations { get; } = new()
    {
        { "POST", "/W/start?instanceID=i1", "ERR_START_WORKFLOW|error starting workflow 'W': unable to start workflow: failed to start workflow: " },
        { "GET", "/i1", "ERR_GET_WORKFLOW|error while getting workflow info on instance 'i1': failed to get workflow metadata for 'i1': " },
        { "POST", "/i1/raiseEvent/E", "ERR_RAISE_EVENT_WORKFLOW|error raising event on workflow 'i1': failed to raise event E on workflow i1: " },
        { "POST", "/i1/pause", "ERR_PAUSE_WORKFLOW|error pausing workflow i1: failed to pause workflow i1: failed to suspend workflow: " },
        { "POST", "/i1/resume", "ERR_RESUME_WORKFLOW|error resuming workflow i1: failed to resume workflow i1: failed to resume workflow: " },
        { "POST", "/i1/terminate", "ERR_TERMINATE_WORKFLOW|error terminating workflow 'i1': failed to terminate workflow i1: " },
        { "POST", "/i1/purge", "ERR_PURGE_WORKFLOW|error purging workflow i1: failed to Purge workflow i1: " },
        { "GET", "", "ERR_LIST_WORKFLOWS|error listing workflows: " },
        { "GET", "/i1/history", "ERR_GET_WORKFLOW_HISTORY|error while getting history of workflow 'i1': " },
        { "POST", "/i1/rerun/1?newInstanceID=i2", "ERR_RERUN_WORKFLOW|error rerunning workflow 'i1': " },
    };

    [Theory]
    [InlineData("v1.0", "pause", "Suspend i1")]
    [InlineData("v1.0-beta1", "pause", "Suspend i1")]
    [InlineData("v1.0-alpha1", "resume", "Resume i1")]
    [InlineData("v1.0", "terminate", "Terminate i1")]
    [InlineData("v1.0-beta1", "purge", "purge i1")]
    [InlineData("v1.0-alpha1", "raiseEvent/My%20%2FEvent", "raise i1 My /Event {}")]
    public async Task Manage_Instance_Is202WithAnEmptyObject(string version, string action, string call)
    {
        var (server, engine) = await WorkflowServer.StartAsync();
        await using var owned = server;

        var response = await server.SendAsync("POST", $"/{version}/workflows/engine/i1/{action}", "{}");

        Assert.Equal((202, "{}", "application/json"), (response.Status, response.Body, response.ContentType));
        Assert.Equal(call, Assert.Single(engine.Calls));
    }

    [Fact]
    public async Task RaiseEvent_NoBody_IsTheEmptyPayload()
    {
        var (server, engine) = await WorkflowServer.StartAsync();
        await using var owned = server;

        Assert.Equal(202, (await server.SendAsync("POST", $"{WorkflowServer.Root}/i1/raiseEvent/E")).Status);
        Assert.Equal(202, (await server.SendAsync("POST", $"{WorkflowServer.Root}/i1/raiseEvent/E", "no json")).Status);
        Assert.Equal(["raise i1 E ", "raise i1 E no json"], engine.Calls);
    }

    [Theory]
    [InlineData("pause", 500, "ERR_PAUSE_WORKFLOW", "error pausing workflow i1: failed to pause workflow i1: failed to suspend workflow: " + NoSuch)]
    [InlineData("resume", 500, "ERR_RESUME_WORKFLOW", "error resuming workflow i1: failed to resume workflow i1: failed to resume workflow: " + NoSuch)]
    [InlineData("raiseEvent/E", 500, "ERR_RAISE_EVENT_WORKFLOW", "error raising event on workflow 'i1': failed to raise event E on workflow i1: " + NoSuch)]
    [InlineData("terminate", 404, "ERR_INSTANCE_ID_NOT_FOUND", "unable to find workflow with the provided instance ID: i1")]
    [InlineData("purge", 404, "ERR_INSTANCE_ID_NOT_FOUND", "unable to find workflow with the provided instance ID: i1")]
    [InlineData("rerun/1", 404, "ERR_INSTANCE_ID_NOT_FOUND", "unable to find workflow with the provided instance ID: i1")]
    public async Task Manage_UnknownInstance_IsToldAsDaprDoes(string action, int status, string code, string message)
    {
        var (server, engine) = await WorkflowServer.StartAsync();
        await using var owned = server;
        engine.Outcome = WorkflowOutcome.NotFound;

        var response = await server.SendAsync("POST", $"{WorkflowServer.Root}/i1/{action}");

        Assert.Equal((status, WorkflowServer.Error(code, message), "application/json"), (response.Status, response.Body, response.ContentType));
    }

    [Fact]
    public async Task Purge_OfARunningInstance_Is500()
    {
        var (server, engine) = await WorkflowServer.StartAsync();
        await using var owned = server;
        engine.Outcome = WorkflowOutcome.NotCompleted;

        var response = await server.SendAsync("POST", $"{WorkflowServer.Root}/i1/purge");

        Assert.Equal((500, WorkflowServer.Error("ERR_PURGE_WORKFLOW", "error purging workflow i1: failed to Purge workflow i1: orchestration has not yet completed")), (response.Status, response.Body));
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task Operation_EngineFails_IsItsOwn500(string method, string path, string expected)
    {
        var (server, engine) = await WorkflowServer.StartAsync();
        await using var owned = server;
        engine.Failure = new WorkflowEngineException("the store <hangs>");

        var response = await server.SendAsync(method, WorkflowServer.Root + path);

        var (code, message) = Split(expected);
        Assert.Equal((500, WorkflowServer.Error(code, message + "the store \\u003changs\\u003e")), (response.Status, response.Body));
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task Operation_NoActorStateStore_IsItsOwn500(string method, string path, string expected)
    {
        await using var server = await ApiServer.StartAsync();

        var response = await server.SendAsync(method, "/v1.0/workflows/dapr" + path);

        var (code, message) = Split(expected);
        Assert.Equal(500, response.Status);
        Assert.StartsWith($$"""{"errorCode":"{{code}}","message":"{{message}}""", response.Body, StringComparison.Ordinal);
        Assert.EndsWith(
            """the state store is not configured to use the actor runtime. Have you set the - name: actorStateStore value: \"true\" in your state store component file?"}""",
            response.Body,
            StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task Operation_WhileTheProcessStops_Is503(string method, string path, string expected)
    {
        await using var server = await ApiServer.StartAsync();
        server.FindEngine = _ => ValueTask.FromResult(EngineLookup.Closed);

        var response = await server.SendAsync(method, "/v1.0/workflows/dapr" + path);

        Assert.NotEmpty(expected);
        Assert.Equal((503, WorkflowServer.Error("ERR_ACTOR_RUNTIME_CLOSED", "actor runtime is closed")), (response.Status, response.Body));
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task Operation_AppId_NamesTheEngine(string method, string path, string expected)
    {
        await using var server = await ApiServer.StartAsync(new RuntimeOptions { AppId = "own" });
        List<string> asked = [];
        var engine = new FakeWorkflowEngine { State = FakeWorkflowEngine.Instance(), History = [] };
        server.FindEngine = appId =>
        {
            asked.Add(appId);
            return ValueTask.FromResult(EngineLookup.Found(engine));
        };
        var separator = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';

        foreach (var query in (string[])["", "appID=", "appid=other", "appID=Other-1_x"])
        {
            Assert.InRange((await server.SendAsync(method, $"/v1.0/workflows/dapr{path}{separator}{query}")).Status, 200, 202);
        }

        Assert.NotEmpty(expected);
        Assert.Equal(["own", "own", "own", "Other-1_x"], asked);
        Assert.Equal(4, engine.Calls.Count);
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task Operation_BadAppId_Is400BeforeTheEngine(string method, string path, string expected)
    {
        var (server, engine) = await WorkflowServer.StartAsync();
        await using var owned = server;
        var separator = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';

        var response = await server.SendAsync(method, $"{WorkflowServer.Root}{path}{separator}appID=a.b");

        Assert.NotEmpty(expected);
        Assert.Equal(
            (400, WorkflowServer.Error("ERR_WORKFLOW_APP_ID_INVALID", "workflow app ID 'a.b' is invalid: only alphanumeric, dash and underscore characters are allowed")),
            (response.Status, response.Body));
        Assert.Empty(engine.Calls);
    }

    [Theory]
    [InlineData("GET", "/i1")]
    [InlineData("POST", "/i1/pause")]
    [InlineData("POST", "/i1/resume")]
    [InlineData("POST", "/i1/terminate")]
    [InlineData("POST", "/i1/purge")]
    [InlineData("GET", "/i1/history")]
    [InlineData("GET", "")]
    public async Task Operation_BodyThatDoesNotFit_Is400First(string method, string path)
    {
        var (server, engine) = await WorkflowServer.StartAsync(new RuntimeOptions { MaxBodySize = 100 });
        await using var owned = server;
        engine.State = FakeWorkflowEngine.Instance();
        engine.History = [];

        foreach (var (body, fault) in ((string, string)[])
        [
            ("{oops", "invalid JSON"), ("[]", "expected a JSON object or no body"), ("{\"instanceID\":1}", "expected a string for 'instanceID'"),
            ("{\"workflowComponent\":\"a\",\"workflow_component\":\"a\"}", "'workflowComponent' is given twice"),
        ])
        {
            var response = await server.SendAsync(method, $"{WorkflowServer.Root}{path}?appID=a.b", body);
            Assert.Equal((400, WorkflowServer.Error("ERR_MALFORMED_REQUEST", $"failed deserializing HTTP body: {fault}")), (response.Status, response.Body));
        }

        var tooLarge = await server.SendAsync(method, WorkflowServer.Root + path, new string(' ', 101));
        Assert.Equal((400, WorkflowServer.Error("ERR_BODY_READ", "failed to read request body: stream too large")), (tooLarge.Status, tooLarge.Body));
        Assert.Empty(engine.Calls);
        foreach (var body in (string[])["", "{}", " {\"instanceID\":\"other\",\"metadata\":[],\"x\":{}} "])
        {
            Assert.InRange((await server.SendAsync(method, WorkflowServer.Root + path, body)).Status, 200, 202);
        }
    }

    [Theory]
    [InlineData("PUT", "/W/start")]
    [InlineData("GET", "/i1/raiseEvent")]
    [InlineData("POST", "/i1/raiseEvent")]
    [InlineData("POST", "/i1/raiseEvent/a/b")]
    [InlineData("POST", "/i1/other")]
    [InlineData("GET", "/i1/pause")]
    [InlineData("PUT", "/i1/purge")]
    [InlineData("DELETE", "/i1")]
    [InlineData("POST", "/i1")]
    [InlineData("POST", "")]
    [InlineData("POST", "/i1/history")]
    [InlineData("POST", "/i1/rerun")]
    public async Task Route_Others_AreDaprs404(string method, string path)
    {
        var (server, engine) = await WorkflowServer.StartAsync();
        await using var owned = server;

        var response = await server.SendAsync(method, WorkflowServer.Root + path);

        Assert.Equal(404, response.Status);
        Assert.StartsWith("""{"errorCode":"ERR_DIRECT_INVOKE",""", response.Body, StringComparison.Ordinal);
        Assert.Empty(engine.Calls);
    }

    [Fact]
    public async Task Component_OfAnotherKind_LeavesTheBuiltInEngine()
    {
        await using var server = await ApiServer.StartAsync();
        State.StateServer.AddStore(server, "store", new State.FakeStateStore());
        var engine = new FakeWorkflowEngine();
        server.FindEngine = _ => ValueTask.FromResult(EngineLookup.Found(engine));

        Assert.Equal(202, (await server.SendAsync("POST", "/v1.0/workflows/store/i1/pause")).Status);
        Assert.Equal("Suspend i1", Assert.Single(engine.Calls));
    }

    private static (string Code, string Message) Split(string expected) => (expected.Split('|')[0], expected.Split('|')[1]);
}
