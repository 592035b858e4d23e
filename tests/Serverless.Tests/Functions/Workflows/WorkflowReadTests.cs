using Serverless.Components.Workflows;
using Serverless.Components.Workflows.Instances;

namespace Serverless.Tests.Functions.Workflows;

public sealed class WorkflowReadTests
{
    private static readonly DateTimeOffset Time = new(2026, 8, 21, 10, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Get_UnknownInstance_Is404()
    {
        var (server, _) = await WorkflowServer.StartAsync();
        await using var owned = server;

        var response = await server.GetAsync($"{WorkflowServer.Root}/a%2Fb");

        Assert.Equal((404, WorkflowServer.Error("ERR_INSTANCE_ID_NOT_FOUND", "unable to find workflow with the provided instance ID: a/b")), (response.Status, response.Body));
    }

    [Theory]
    [InlineData(0, "2026-08-21T10:00:00Z")]
    [InlineData(120 * TimeSpan.TicksPerMillisecond, "2026-08-21T10:00:00.120Z")]
    [InlineData(1_230 * TimeSpan.TicksPerMicrosecond, "2026-08-21T10:00:00.001230Z")]
    [InlineData(1_234_567, "2026-08-21T10:00:00.123456700Z")]
    public async Task Get_Times_HaveNoneThreeSixOrNineDigits(long ticks, string expected)
    {
        var (server, engine) = await WorkflowServer.StartAsync();
        await using var owned = server;
        engine.State = FakeWorkflowEngine.Instance() with { CreatedAt = Time.AddTicks(ticks).ToOffset(TimeSpan.FromHours(2)) };

        Assert.Equal(
            $$"""{"instanceID":"i1","workflowName":"W","createdAt":"{{expected}}","lastUpdatedAt":"2026-08-21T10:00:01Z","runtimeStatus":"RUNNING"}""",
            (await server.GetAsync($"{WorkflowServer.Root}/i1")).Body);
    }

    [Theory]
    [InlineData(WorkflowRuntimeStatus.Running, "RUNNING")]
    [InlineData(WorkflowRuntimeStatus.Completed, "COMPLETED")]
    [InlineData(WorkflowRuntimeStatus.ContinuedAsNew, "CONTINUED_AS_NEW")]
    [InlineData(WorkflowRuntimeStatus.Failed, "FAILED")]
    [InlineData(WorkflowRuntimeStatus.Canceled, "CANCELED")]
    [InlineData(WorkflowRuntimeStatus.Terminated, "TERMINATED")]
    [InlineData(WorkflowRuntimeStatus.Pending, "PENDING")]
    [InlineData(WorkflowRuntimeStatus.Suspended, "SUSPENDED")]
    [InlineData((WorkflowRuntimeStatus)42, "UNKNOWN")]
    public async Task Get_Status_IsDaprsWord(WorkflowRuntimeStatus status, string word)
    {
        var (server, engine) = await WorkflowServer.StartAsync();
        await using var owned = server;
        engine.State = FakeWorkflowEngine.Instance() with { Status = status };

        Assert.Contains($"\"runtimeStatus\":\"{word}\"", (await server.GetAsync($"{WorkflowServer.Root}/i1")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_Properties_AreThereWhenTheyHaveAValue()
    {
        var (server, engine) = await WorkflowServer.StartAsync();
        await using var owned = server;
        engine.State = FakeWorkflowEngine.Instance() with { Input = "", CustomStatus = "\"s\"", Output = "{\"a\":1}" };
        Assert.EndsWith(
            ""","properties":{"dapr.workflow.custom_status":"\"s\"","dapr.workflow.input":"","dapr.workflow.output":"{\"a\":1}"}}""",
            (await server.GetAsync($"{WorkflowServer.Root}/i1")).Body,
            StringComparison.Ordinal);

        engine.State = FakeWorkflowEngine.Instance() with { Name = "", Status = WorkflowRuntimeStatus.Failed, Output = "1", Failure = new WorkflowFailure("System.Exception", "<no>") };
        var failed = (await server.GetAsync($"{WorkflowServer.Root}/i1")).Body;
        Assert.EndsWith(
            ""","properties":{"dapr.workflow.failure.error_message":"\u003cno\u003e","dapr.workflow.failure.error_type":"System.Exception"}}""", failed, StringComparison.Ordinal);
        Assert.DoesNotContain("workflowName", failed, StringComparison.Ordinal);

        engine.State = engine.State with { Failure = new WorkflowFailure("E", "m") { StackTrace = "at x\nat y" } };
        Assert.Contains(""","dapr.workflow.failure.stack_trace":"at x\nat y"}""", (await server.GetAsync($"{WorkflowServer.Root}/i1")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_Filter_IsPassedOnAndThePageWritten()
    {
        var (server, engine) = await WorkflowServer.StartAsync();
        await using var owned = server;
        engine.List = new WorkflowList([FakeWorkflowEngine.Instance() with { Input = "not shown" }, FakeWorkflowEngine.Instance("i2")], "next+1");

        var response = await server.GetAsync(
            $"{WorkflowServer.Root}?status=RUNNING,FAILED&name=My+Flow&createdFrom=2026-01-01T00:00:00Z&createdBefore=2026-02-01T00:00:00.5%2B01:00&pageSize=2&continuationToken=a%2Bb");

        const string rest = "\"workflowName\":\"W\",\"createdAt\":\"2026-08-21T10:00:00Z\",\"lastUpdatedAt\":\"2026-08-21T10:00:01Z\",\"runtimeStatus\":\"RUNNING\"}";
        Assert.Equal((200, $"{{\"instances\":[{{\"instanceID\":\"i1\",{rest},{{\"instanceID\":\"i2\",{rest}],\"continuationToken\":\"next+1\"}}"), (response.Status, response.Body));
        var query = engine.Query!;
        Assert.Equal([WorkflowRuntimeStatus.Running, WorkflowRuntimeStatus.Failed], query.Statuses);
        Assert.Equal(("My Flow", 2, "a+b"), (query.Name, query.PageSize, query.Continuation));
        Assert.Equal((new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 1, 31, 23, 0, 0, 500, TimeSpan.Zero)), (query.CreatedFrom!.Value, query.CreatedBefore!.Value));
    }

    [Fact]
    public async Task List_NoParameters_IsEverythingInPagesOf100()
    {
        var (server, engine) = await WorkflowServer.StartAsync();
        await using var owned = server;

        var response = await server.GetAsync($"{WorkflowServer.Root}?status=&name=&createdFrom=&pageSize=&continuationToken=");

        Assert.Equal((200, """{"instances":[]}"""), (response.Status, response.Body));
        Assert.Equal((0, null, null, null, 100, null), (engine.Query!.Statuses.Count, engine.Query.Name, engine.Query.CreatedFrom, engine.Query.CreatedBefore, engine.Query.PageSize, engine.Query.Continuation));
    }

    [Theory]
    [InlineData("status=running", "'status' must hold RUNNING, COMPLETED, CONTINUED_AS_NEW, FAILED, CANCELED, TERMINATED, PENDING, SUSPENDED, joined by commas")]
    [InlineData("pageSize=0", "'pageSize' must be a number from 1 to 1000")]
    [InlineData("pageSize=1001", "'pageSize' must be a number from 1 to 1000")]
    [InlineData("pageSize=x", "'pageSize' must be a number from 1 to 1000")]
    [InlineData("createdFrom=now", "'createdFrom' must be a time such as 2026-01-02T03:04:05Z")]
    [InlineData("createdBefore=1", "'createdBefore' must be a time such as 2026-01-02T03:04:05Z")]
    public async Task List_BadParameter_Is400(string parameter, string fault)
    {
        var (server, engine) = await WorkflowServer.StartAsync();
        await using var owned = server;

        var response = await server.GetAsync($"{WorkflowServer.Root}?{parameter}");

        Assert.Equal((400, WorkflowServer.Error("ERR_BAD_REQUEST", $"invalid request: query parameter {fault}")), (response.Status, response.Body));
        Assert.Empty(engine.Calls);
    }

    [Fact]
    public async Task List_ContinuationOfNoList_Is400()
    {
        var (server, engine) = await WorkflowServer.StartAsync();
        await using var owned = server;
        engine.List = null;

        var response = await server.GetAsync($"{WorkflowServer.Root}?continuationToken=x");

        Assert.Equal((400, WorkflowServer.Error("ERR_BAD_REQUEST", "invalid request: query parameter 'continuationToken' must be one that a list gave")), (response.Status, response.Body));
    }

    [Fact]
    public async Task History_Events_AreWrittenInOrder()
    {
        var (server, engine) = await WorkflowServer.StartAsync();
        await using var owned = server;
        Assert.Equal(404, (await server.GetAsync($"{WorkflowServer.Root}/i1/history")).Status);
        engine.History =
        [
            new WorkflowHistoryEntry("ExecutionStarted", Time) { Name = "W", Text = "" },
            new WorkflowHistoryEntry("TaskScheduled", Time) { EventId = 0, Name = "A", Text = "1" },
            new WorkflowHistoryEntry("TaskFailed", Time) { TaskId = 0, Failure = new WorkflowFailure("T", "m") { StackTrace = "s", IsNonRetriable = true, InnerFailure = new WorkflowFailure("I", "i") } },
            new WorkflowHistoryEntry("TimerCreated", Time) { EventId = 1, FireAt = Time.AddSeconds(1) },
            new WorkflowHistoryEntry("EventSent", Time) { EventId = 2, InstanceId = "other", Name = "E" },
        ];

        var response = await server.GetAsync($"{WorkflowServer.Root}/i1/history");

        Assert.Equal(
            (200, """
            {"events":[{"type":"ExecutionStarted",@,"name":"W","data":""},{"type":"TaskScheduled",@,"eventID":0,"name":"A","data":"1"},
            {"type":"TaskFailed",@,"taskID":0,"failure":{"errorType":"T","errorMessage":"m","stackTrace":"s","innerFailure":{"errorType":"I","errorMessage":"i"},"isNonRetriable":true}},
            {"type":"TimerCreated",@,"eventID":1,"fireAt":"2026-08-21T10:00:01Z"},{"type":"EventSent",@,"eventID":2,"name":"E","instanceID":"other"}]}
            """.ReplaceLineEndings("").Replace("@", "\"timestamp\":\"2026-08-21T10:00:00Z\"", StringComparison.Ordinal)),
            (response.Status, response.Body));
    }

    [Fact]
    public async Task Rerun_EventAndInput_ArePassedOn()
    {
        var (server, engine) = await WorkflowServer.StartAsync();
        await using var owned = server;

        var response = await server.SendAsync("POST", $"{WorkflowServer.Root}/i1/rerun/7?newInstanceID=i2", "{\"a\":1}");
        Assert.Equal((202, """{"instanceID":"i2"}"""), (response.Status, response.Body));
        Assert.Equal(new WorkflowRerun("i1", 7, "i2") { HasInput = true, Input = "{\"a\":1}" }, engine.Rerun);

        Assert.Matches("^\\{\"instanceID\":\"[0-9a-f-]{36}\"\\}$", (await server.SendAsync("POST", $"{WorkflowServer.Root}/i1/rerun/0")).Body);
        Assert.False(engine.Rerun!.HasInput);
    }

    [Theory]
    [InlineData(WorkflowOutcome.NoSuchEvent, 404, "ERR_WORKFLOW_EVENT_NOT_FOUND", "workflow 'i1' has no action with event ID 7")]
    [InlineData(WorkflowOutcome.IsActive, 500, "ERR_RERUN_WORKFLOW", "error rerunning workflow 'i1': rpc error: code = AlreadyExists desc = an active workflow with ID 'i2' already exists")]
    [InlineData(WorkflowOutcome.NotCompleted, 500, "ERR_RERUN_WORKFLOW", "error rerunning workflow 'i1': orchestration has not yet completed")]
    public async Task Rerun_Refused_IsToldWhy(WorkflowOutcome outcome, int status, string code, string message)
    {
        var (server, engine) = await WorkflowServer.StartAsync();
        await using var owned = server;
        engine.Outcome = outcome;

        var response = await server.SendAsync("POST", $"{WorkflowServer.Root}/i1/rerun/7?newInstanceID=i2");

        Assert.Equal((status, WorkflowServer.Error(code, message)), (response.Status, response.Body));
    }

    [Theory]
    [InlineData("rerun/x", "ERR_BAD_REQUEST", "invalid request: event ID 'x' is not a whole number")]
    [InlineData("rerun/-1", "ERR_BAD_REQUEST", "invalid request: event ID '-1' is not a whole number")]
    [InlineData("rerun/1?newInstanceID=i1", "ERR_BAD_REQUEST", "invalid request: query parameter 'newInstanceID' must not be the ID of the workflow itself")]
    [InlineData("rerun/1?newInstanceID=a.b", "ERR_INSTANCE_ID_INVALID", "workflow instance ID 'a.b' is invalid: only alphanumeric and underscore characters are allowed")]
    public async Task Rerun_BadParameter_Is400(string path, string code, string message)
    {
        var (server, engine) = await WorkflowServer.StartAsync();
        await using var owned = server;

        var response = await server.SendAsync("POST", $"{WorkflowServer.Root}/i1/{path}");

        Assert.Equal((400, WorkflowServer.Error(code, message)), (response.Status, response.Body));
        Assert.Empty(engine.Calls);
    }
}
