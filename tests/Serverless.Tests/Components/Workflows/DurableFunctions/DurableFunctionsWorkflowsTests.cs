using Serverless.Backends.DurableFunctions;
using Serverless.Components.Workflows;
using Serverless.Components.Workflows.Instances;

namespace Serverless.Tests.Components.Workflows.DurableFunctions;

public sealed class DurableFunctionsWorkflowsTests : IAsyncLifetime
{
    private DurableFunctionsRig _rig = null!;
    private IWorkflowEngine _engine = null!;

    private static CancellationToken Cancel => DurableFunctionsRig.Cancel;

    public async ValueTask InitializeAsync()
    {
        _rig = await DurableFunctionsRig.StartAsync();
        _engine = _rig.Create();
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task Start_ThenGet_ShowsAllThatTheAppTells()
    {
        Assert.Equal(WorkflowOutcome.Done, await StartAsync("e1", "Echo", """{"a": 1.50, "ü": "\u00e9"}"""));

        var state = (await _engine.GetAsync("e1", Cancel))!;

        Assert.Equal(("e1", "Echo", WorkflowRuntimeStatus.Completed), (state.InstanceId, state.Name, state.Status));
        Assert.Equal((_rig.Server.Now, _rig.Server.Now.AddSeconds(1)), (state.CreatedAt, state.LastUpdatedAt));
        Assert.Equal(state.Input, state.Output);
        Assert.Contains("1.50", state.Input, StringComparison.Ordinal);
        Assert.Null(state.Failure);
        Assert.Null(state.CustomStatus);
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("plain \"text\"\n", "plain \"text\"\n")]
    [InlineData("{\"cut\":", "{\"cut\":")]
    public async Task Start_InputThatIsNoJson_IsAString(string input, string? expected)
    {
        await StartAsync("e1", "Echo", input);

        Assert.Equal(expected, (string?)_rig.Server.Find("e1")!.Input);
    }

    [Theory]
    [InlineData("Running", WorkflowRuntimeStatus.Running)]
    [InlineData("Pending", WorkflowRuntimeStatus.Pending)]
    [InlineData("Completed", WorkflowRuntimeStatus.Completed)]
    [InlineData("ContinuedAsNew", WorkflowRuntimeStatus.ContinuedAsNew)]
    [InlineData("Suspended", WorkflowRuntimeStatus.Suspended)]
    [InlineData("Failed", WorkflowRuntimeStatus.Failed)]
    [InlineData("Canceled", WorkflowRuntimeStatus.Canceled)]
    [InlineData("Terminated", WorkflowRuntimeStatus.Terminated)]
    public async Task Status_Each_IsKnownAndDecidesWhatMayBeDone(string name, WorkflowRuntimeStatus status)
    {
        var one = new DurableOrchestration("Wait", "s1", _rig.Server.Now) { Status = name };
        _rig.Server.Put(one);

        Assert.Equal(status, (await _engine.GetAsync("s1", Cancel))!.Status);
        Assert.Equal(one.HasEnded ? WorkflowOutcome.Done : WorkflowOutcome.NotCompleted, await _engine.PurgeAsync("s1", Cancel));
        _rig.Server.Put(one);
        Assert.Equal(one.HasEnded ? WorkflowOutcome.Done : WorkflowOutcome.IsActive, await StartAsync("s1", "Echo", "1"));
    }

    [Theory]
    [InlineData("Unknown")]
    [InlineData("running")]
    [InlineData("0")]
    [InlineData("")]
    public async Task Status_Unknown_IsTold(string name)
    {
        _rig.Server.Put(new DurableOrchestration("Wait", "s1", _rig.Server.Now) { Status = name });

        Assert.Equal("Durable Functions tells a runtime status that is not known here", await FaultAsync(async () => await _engine.GetAsync("s1", Cancel)));
    }

    [Fact]
    public async Task Failed_TellsWhy()
    {
        await StartAsync("f1", "Fail", "1");

        var state = (await _engine.GetAsync("f1", Cancel))!;

        Assert.Equal((WorkflowRuntimeStatus.Failed, null), (state.Status, state.Output));
        Assert.Equal("Orchestrator function 'Fail' failed: The activity function 'Step' failed: \"boom\".", state.Failure!.ErrorMessage);
    }

    [Fact]
    public async Task Start_TwiceTheSameId_IsActive_AlsoWhereTheAppWouldReplaceIt()
    {
        await StartAsync("w1", "Wait", "1");
        var plain = await StartAsync("w1", "Echo", "2");
        _rig.Server.ReplacesAny = true;
        var replacing = await StartAsync("w1", "Echo", "3");
        (_rig.Server.ReplacesAny, _rig.Server.IsOld) = (false, true);
        var old = await StartAsync("w1", "Echo", "4");

        Assert.Equal((WorkflowOutcome.IsActive, WorkflowOutcome.IsActive, WorkflowOutcome.IsActive), (plain, replacing, old));
        Assert.Equal("Wait", _rig.Server.Find("w1")!.Name);
    }

    [Fact]
    public async Task Start_ThatLosesARace_IsActive()
    {
        _rig.Server.Faults.Inject(Serverless.Backends.Faults.HttpFault.Answer(409), "POST");

        Assert.Equal(WorkflowOutcome.IsActive, await StartAsync("w1", "Wait", "1"));
    }

    [Fact]
    public async Task Start_Later_IsNotPossible()
    {
        var soon = new WorkflowStart("l1", "Echo", "1") { StartAt = TimeProvider.System.GetUtcNow() + TimeSpan.FromHours(1) };
        var past = new WorkflowStart("l2", "Echo", "1") { StartAt = TimeProvider.System.GetUtcNow() - TimeSpan.FromHours(1) };

        Assert.Equal("Durable Functions can't be told over HTTP to start an orchestration later", await FaultAsync(async () => await _engine.StartAsync(soon, Cancel)));
        Assert.Equal(WorkflowOutcome.Done, await _engine.StartAsync(past, Cancel));
    }

    [Fact]
    public async Task Start_UnknownFunction_TellsTheAppsWords() => Assert.Equal(
        "Durable Functions start: the service answered 400: The function 'Nosuch' doesn't exist, is disabled, or is not an orchestrator function.",
        await FaultAsync(async () => await StartAsync("n1", "Nosuch", "1")));

    [Theory]
    [InlineData("\"done\"", "done")]
    [InlineData("not json", "not json")]
    [InlineData("", "")]
    public async Task RaiseEvent_Completes_WithItsPayload(string payload, string expected)
    {
        await StartAsync("w1", "Wait", "1");

        Assert.Equal(WorkflowOutcome.Done, await _engine.RaiseEventAsync("w1", "finish", payload, Cancel));

        Assert.Equal(("Completed", expected), (_rig.Server.Find("w1")!.Status, (string?)_rig.Server.Find("w1")!.Output));
        Assert.Equal(WorkflowOutcome.Done, await _engine.RaiseEventAsync("w1", "finish", "too late", Cancel));
        Assert.Equal(expected, (string?)_rig.Server.Find("w1")!.Output);
    }

    [Fact]
    public async Task Control_Each_DoesWhatItSays_AndIsIgnoredAtTheEnd()
    {
        await StartAsync("w1", "Wait", "1");
        var seen = new List<WorkflowRuntimeStatus>();
        foreach (var control in (WorkflowControl[])[WorkflowControl.Suspend, WorkflowControl.Resume, WorkflowControl.Terminate, WorkflowControl.Suspend, WorkflowControl.Terminate])
        {
            Assert.Equal(WorkflowOutcome.Done, await _engine.ControlAsync("w1", control, Cancel));
            seen.Add((await _engine.GetAsync("w1", Cancel))!.Status);
        }

        Assert.Equal(
            [WorkflowRuntimeStatus.Suspended, WorkflowRuntimeStatus.Running, WorkflowRuntimeStatus.Terminated, WorkflowRuntimeStatus.Terminated, WorkflowRuntimeStatus.Terminated],
            seen);
    }

    [Fact]
    public async Task UnknownInstance_IsNotFound()
    {
        Assert.Null(await _engine.GetAsync("none", Cancel));
        Assert.Null(await _engine.GetHistoryAsync("none", Cancel));
        Assert.Equal(WorkflowOutcome.NotFound, await _engine.RaiseEventAsync("none", "e", "1", Cancel));
        Assert.Equal(WorkflowOutcome.NotFound, await _engine.ControlAsync("none", WorkflowControl.Suspend, Cancel));
        Assert.Equal(WorkflowOutcome.NotFound, await _engine.ControlAsync("none", WorkflowControl.Terminate, Cancel));
        Assert.Equal(WorkflowOutcome.NotFound, await _engine.PurgeAsync("none", Cancel));
    }

    [Fact]
    public async Task Purge_Running_IsNotCompleted_AlsoWhereTheAppWouldRemoveIt()
    {
        _rig.Server.IsOld = true;
        await StartAsync("w1", "Wait", "1");

        Assert.Equal(WorkflowOutcome.NotCompleted, await _engine.PurgeAsync("w1", Cancel));
        await _engine.ControlAsync("w1", WorkflowControl.Terminate, Cancel);
        Assert.NotNull(_rig.Server.Find("w1"));
        Assert.Equal(WorkflowOutcome.Done, await _engine.PurgeAsync("w1", Cancel));
        Assert.Null(_rig.Server.Find("w1"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task List_Pages_Filters_AndLeavesOutEntities(bool isOld)
    {
        _rig.Server.IsOld = isOld;
        for (var index = 0; index < 5; index++)
        {
            _rig.Server.Put(new DurableOrchestration(index % 2 == 0 ? "Even" : "Odd", $"i{index}", _rig.Server.Now.AddMinutes(index)) { Status = index < 3 ? "Completed" : "Running" });
        }

        _rig.Server.Put(new DurableOrchestration("@counter", "@counter@c", _rig.Server.Now));

        Assert.Equal(["i0", "i1", "i2", "i3", "i4"], await ListAsync(new WorkflowQuery { PageSize = 2 }));
        Assert.Equal(["i0", "i2", "i4"], await ListAsync(new WorkflowQuery { Name = "even", PageSize = 1 }));
        Assert.Equal(["i3", "i4"], await ListAsync(new WorkflowQuery { Statuses = [WorkflowRuntimeStatus.Running, WorkflowRuntimeStatus.Suspended] }));
        Assert.Equal(["i1", "i2"], await ListAsync(new WorkflowQuery { CreatedFrom = _rig.Server.Now.AddMinutes(1), CreatedBefore = _rig.Server.Now.AddMinutes(3) }));
        Assert.Null(await _engine.ListAsync(new WorkflowQuery { Continuation = "a\r\nX: y" }, Cancel));
    }

    [Fact]
    public async Task History_Each_IsMapped()
    {
        await StartAsync("c1", "Chain", "1");
        await StartAsync("f1", "Fail", "1");
        await StartAsync("w1", "Wait", "1");

        var chain = (await _engine.GetHistoryAsync("c1", Cancel))!;
        var failed = (await _engine.GetHistoryAsync("f1", Cancel))!;
        var waiting = (await _engine.GetHistoryAsync("w1", Cancel))!;

        Assert.Equal(["ExecutionStarted", "TaskCompleted", "SubOrchestrationInstanceCompleted", "ExecutionCompleted"], chain.Select(entry => entry.Type));
        Assert.Equal(("Chain", "Step", "\"a\"", "[\"a\",\"b\"]"), (chain[0].Name, chain[1].Name, chain[1].Text, chain[3].Text));
        Assert.Equal(new WorkflowFailure("TaskFailed", "boom") { StackTrace = "at Step()" }, failed[1].Failure);
        Assert.Equal(_rig.Server.Now.AddHours(1), waiting[1].FireAt);
        Assert.All([.. chain, .. failed, .. waiting], entry => Assert.Equal((_rig.Server.Now, null, null), (entry.Timestamp, entry.EventId, entry.TaskId)));
    }

    [Fact]
    public async Task Rerun_IsNotPossible() => Assert.Equal(
        "Durable Functions can't run an orchestration again from one of its events",
        await FaultAsync(async () => await _engine.RerunAsync(new WorkflowRerun("a", 1, "b"), Cancel)));

    [Theory]
    [InlineData("a b+c%2F&d=e?f#g")]
    [InlineData("ü-日本-🙂")]
    [InlineData("a:0001")]
    [InlineData("...")]
    public async Task Names_OfAnyCharacters_ArriveAsTheyAre(string id)
    {
        await StartAsync(id, "Wait", "1");
        await _engine.RaiseEventAsync(id, id, "1", Cancel);

        Assert.Equal(id, (await _engine.GetAsync(id, Cancel))!.InstanceId);
        Assert.Equal(id, (await _engine.GetHistoryAsync(id, Cancel))![^1].Name);
        Assert.Equal(WorkflowOutcome.Done, await _engine.ControlAsync(id, WorkflowControl.Terminate, Cancel));
        Assert.Equal(WorkflowOutcome.Done, await _engine.PurgeAsync(id, Cancel));
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("\\")]
    public async Task Names_ThatNoAddressCanSay_AreRefusedBeforeAnythingIsSent(string name)
    {
        Assert.Contains("instance ID", await FaultAsync(async () => await _engine.GetAsync(name, Cancel)), StringComparison.Ordinal);
        Assert.Contains("instance ID", await FaultAsync(async () => await _engine.PurgeAsync(name, Cancel)), StringComparison.Ordinal);
        Assert.Contains("workflow name", await FaultAsync(async () => await StartAsync("a", name, "1")), StringComparison.Ordinal);
        Assert.Contains("event name", await FaultAsync(async () => await _engine.RaiseEventAsync("a", name, "1", Cancel)), StringComparison.Ordinal);
        Assert.Empty(_rig.Server.Requests);
    }

    [Fact]
    public async Task TaskHubAndConnection_StandInEveryRequest()
    {
        var engine = _rig.Create(("taskHub", "Other Hub"), ("connection", "Storage&2"));
        await engine.StartAsync(new WorkflowStart("h1", "Wait", "1"), Cancel);
        await engine.ListAsync(new WorkflowQuery(), Cancel);
        await engine.ControlAsync("h1", WorkflowControl.Terminate, Cancel);
        await engine.PurgeAsync("h1", Cancel);

        Assert.Null(_rig.Server.Find("h1"));
        Assert.Equal(6, _rig.Server.Requests.Count);
        Assert.All(_rig.Server.Requests, request => Assert.Contains("taskHub=Other%20Hub&connection=Storage%262&code=", request.Query, StringComparison.Ordinal));
    }

    private async Task<WorkflowOutcome> StartAsync(string id, string name, string input) => await _engine.StartAsync(new WorkflowStart(id, name, input), Cancel);

    private async Task<List<string>> ListAsync(WorkflowQuery query)
    {
        var ids = new List<string>();
        for (var pages = 0; pages < 20; pages++)
        {
            var page = (await _engine.ListAsync(query, Cancel))!;
            ids.AddRange(page.Instances.Select(instance => instance.InstanceId));
            if (page.Continuation is null)
            {
                return ids;
            }

            query = query with { Continuation = page.Continuation };
        }

        throw new InvalidOperationException("the list does not end");
    }

    private static async Task<string> FaultAsync(Func<Task> call) => (await Assert.ThrowsAsync<WorkflowEngineException>(call)).Message;
}
