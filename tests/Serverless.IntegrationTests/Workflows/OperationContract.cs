using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Serverless.IntegrationTests.Workflows;

/// <summary>dapr-http-api.md §5: the operations on workflows that run.</summary>
public abstract partial class OperationContract
{
    private const string NoSuch = "no such instance exists";

    /// <summary>The app, with the samples.</summary>
    private protected abstract WorkflowApp App { get; }

    [Fact]
    public async Task Get_Completed_HasInputAndOutputAndTimes()
    {
        var before = TimeProvider.System.GetUtcNow();
        var id = await App.StartAsync("AwaitEvent", " {\"a\" : 1} ");
        var running = await App.WaitAsync(id, "RUNNING");
        Assert.Equal(["instanceID", "workflowName", "createdAt", "lastUpdatedAt", "runtimeStatus", "properties"], running.Select(member => member.Key));
        Assert.Equal((id, "AwaitEvent"), ((string?)running["instanceID"], (string?)running["workflowName"]));
        Assert.Equal(["dapr.workflow.input"], running["properties"]!.AsObject().Select(member => member.Key));
        Assert.Equal(" {\"a\" : 1} ", WorkflowApp.Property(running, "input"));

        await App.AcceptAsync($"/{id}/raiseEvent/Finish", "\"done\"");
        var completed = await App.WaitAsync(id, "COMPLETED");

        Assert.Equal("\"done\"", WorkflowApp.Property(completed, "output"));
        var (created, updated) = (Time(completed, "createdAt"), Time(completed, "lastUpdatedAt"));
        Assert.InRange(created, before.AddSeconds(-1), updated);
        Assert.InRange(updated, created, TimeProvider.System.GetUtcNow().AddSeconds(1));
    }

    [Fact]
    public async Task Start_EmptyBody_IsTheEmptyInput()
    {
        var id = await App.StartAsync("AwaitEvent", "");

        Assert.Equal("", WorkflowApp.Property(await App.WaitAsync(id, "RUNNING"), "input"));
    }

    [Fact]
    public async Task Start_UnregisteredWorkflow_Is202AndFails()
    {
        var state = await App.WaitAsync(await App.StartAsync("NoSuchWorkflow"), "FAILED");

        Assert.Contains("NoSuchWorkflow", WorkflowApp.Property(state, "failure.error_message"), StringComparison.Ordinal);
        Assert.NotEmpty(WorkflowApp.Property(state, "failure.error_type")!);
        Assert.Null(WorkflowApp.Property(state, "output"));
    }

    [Fact]
    public async Task Start_InputThatDoesNotFit_Fails()
    {
        var state = await App.WaitAsync(await App.StartAsync("TaskChaining", "not a number"), "FAILED");

        Assert.NotEmpty(WorkflowApp.Property(state, "failure.error_message")!);
        Assert.Equal("not a number", WorkflowApp.Property(state, "input"));
    }

    [Fact]
    public async Task Start_IdOfAnActiveInstance_FailsAfterTwoSeconds()
    {
        var id = await App.StartAsync("AwaitEvent");
        var begun = Stopwatch.GetTimestamp();

        var answer = await App.SendAsync("POST", $"/AwaitEvent/start?instanceID={id}");

        Assert.Equal(
            (500, $$"""{"errorCode":"ERR_START_WORKFLOW","message":"error starting workflow 'AwaitEvent': unable to start workflow: failed to start workflow: rpc error: code = AlreadyExists desc = an active workflow with ID '{{id}}' already exists"}"""),
            answer);
        Assert.InRange(Stopwatch.GetElapsedTime(begun).TotalSeconds, 1.9, 10);
    }

    [Fact]
    public async Task Start_SeveralAtOnceWithOneId_OneIsAccepted()
    {
        var id = Guid.NewGuid().ToString();

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => App.SendAsync("POST", $"/AwaitEvent/start?instanceID={id}", "1")));

        Assert.Single(answers, answer => answer.Status == 202);
        Assert.All(answers.Where(answer => answer.Status != 202), answer => Assert.Contains("ERR_START_WORKFLOW", answer.Body, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Start_IdOfAnEndedInstance_ReplacesIt()
    {
        var id = await App.StartAsync("TaskChaining", "4");
        var first = await App.WaitAsync(id, "COMPLETED");

        await App.StartAsync("AwaitEvent", "2", id);

        var second = await App.WaitAsync(id, "RUNNING");
        Assert.Equal(("AwaitEvent", "2", null), ((string?)second["workflowName"], WorkflowApp.Property(second, "input"), WorkflowApp.Property(second, "output")));
        Assert.True(Time(second, "createdAt") > Time(first, "createdAt"));
    }

    [Fact]
    public async Task Start_IdOfLettersAndDigitsOfAnyScript_IsAnIdLikeOthers()
    {
        var id = $"Ünï-日本_٣{Guid.NewGuid():N}";
        Assert.Equal((202, $$"""{"instanceID":"{{id}}"}"""), await App.SendAsync("POST", $"/AwaitEvent/start?instanceID={Uri.EscapeDataString(id)}"));
        await App.WaitAsync(Uri.EscapeDataString(id), "RUNNING");

        await App.AcceptAsync($"/{Uri.EscapeDataString(id)}/raiseEvent/Finish", "1");

        Assert.Equal(id, (string?)(await App.WaitAsync(Uri.EscapeDataString(id), "COMPLETED"))["instanceID"]);
        Assert.Equal(404, (await App.SendAsync("GET", $"/{Uri.EscapeDataString(id.ToUpperInvariant())}")).Status);
        await App.AcceptAsync($"/{Uri.EscapeDataString(id)}/purge");
    }

    [Fact]
    public async Task Start_StartTime_IsPendingUntilThen()
    {
        var id = Guid.NewGuid().ToString();
        var start = TimeProvider.System.GetUtcNow().AddSeconds(2);

        Assert.Equal(202, (await App.SendAsync("POST", $"/TaskChaining/start?instanceID={id}&startTime={start:yyyy-MM-ddTHH:mm:ss.fffZ}", "4")).Status);
        Assert.Equal("PENDING", (string?)(await App.GetAsync(id))["runtimeStatus"]);

        var state = await App.WaitAsync(id, "COMPLETED");
        Assert.True(Time(state, "lastUpdatedAt") >= start.AddMilliseconds(-1), state.ToJsonString());
    }

    [Theory]
    [InlineData("GET", "", 404, "ERR_INSTANCE_ID_NOT_FOUND", "unable to find workflow with the provided instance ID: nosuch")]
    [InlineData("POST", "/raiseEvent/E", 500, "ERR_RAISE_EVENT_WORKFLOW", "error raising event on workflow 'nosuch': failed to raise event E on workflow nosuch: " + NoSuch)]
    [InlineData("POST", "/pause", 500, "ERR_PAUSE_WORKFLOW", "error pausing workflow nosuch: failed to pause workflow nosuch: failed to suspend workflow: " + NoSuch)]
    [InlineData("POST", "/resume", 500, "ERR_RESUME_WORKFLOW", "error resuming workflow nosuch: failed to resume workflow nosuch: failed to resume workflow: " + NoSuch)]
    [InlineData("POST", "/terminate", 404, "ERR_INSTANCE_ID_NOT_FOUND", "unable to find workflow with the provided instance ID: nosuch")]
    [InlineData("POST", "/purge", 404, "ERR_INSTANCE_ID_NOT_FOUND", "unable to find workflow with the provided instance ID: nosuch")]
    [InlineData("GET", "/history", 404, "ERR_INSTANCE_ID_NOT_FOUND", "unable to find workflow with the provided instance ID: nosuch")]
    [InlineData("POST", "/rerun/1", 404, "ERR_INSTANCE_ID_NOT_FOUND", "unable to find workflow with the provided instance ID: nosuch")]
    public async Task Unknown_Instance_IsToldAsDaprDoes(string method, string path, int status, string code, string message) =>
        Assert.Equal((status, $$"""{"errorCode":"{{code}}","message":"{{message}}"}"""), await App.SendAsync(method, $"/nosuch{path}"));

    [Fact]
    public async Task RaiseEvent_BeforeAnyoneWaits_IsKept()
    {
        var id = await App.StartAsync("Approval", """{"subject":"s","timeoutSeconds":60}""");

        await App.AcceptAsync($"/{id}/raiseEvent/APPROVAL", """{"approved":true,"by":"early"}""");
        await App.AcceptAsync($"/{id}/raiseEvent/Approval", """{"approved":false,"by":"late"}""");

        Assert.Equal("\"approved by early\"", WorkflowApp.Property(await App.WaitAsync(id, "COMPLETED"), "output"));
    }

    [Fact]
    public async Task PauseAndResume_KeepEventsForLater()
    {
        var id = await App.StartAsync("AwaitEvent");
        await App.WaitAsync(id, "RUNNING");
        await App.AcceptAsync($"/{id}/resume");
        await App.AcceptAsync($"/{id}/pause");
        await App.WaitAsync(id, "SUSPENDED");
        await App.AcceptAsync($"/{id}/pause", "{}");

        await App.AcceptAsync($"/{id}/raiseEvent/Finish", "7");
        Assert.Equal(500, (await App.SendAsync("POST", $"/{id}/purge")).Status);
        Assert.Equal("SUSPENDED", (string?)(await App.GetAsync(id))["runtimeStatus"]);
        await App.AcceptAsync($"/{id}/resume");

        Assert.Equal("7", WorkflowApp.Property(await App.WaitAsync(id, "COMPLETED"), "output"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Terminate_RunningOrSuspended_Ends(bool isSuspended)
    {
        var id = await App.StartAsync("AwaitEvent");
        await App.WaitAsync(id, "RUNNING");
        if (isSuspended)
        {
            await App.AcceptAsync($"/{id}/pause");
            await App.WaitAsync(id, "SUSPENDED");
        }

        await App.AcceptAsync($"/{id}/terminate");

        await App.WaitAsync(id, "TERMINATED");
    }

    [Fact]
    public async Task Ended_Instance_IgnoresEverythingButPurge()
    {
        var id = await App.StartAsync("TaskChaining", "4");
        await App.WaitAsync(id, "COMPLETED");

        foreach (var action in (string[])["pause", "resume", "terminate", "raiseEvent/E"])
        {
            await App.AcceptAsync($"/{id}/{action}");
        }

        Assert.Equal("COMPLETED", (string?)(await App.GetAsync(id))["runtimeStatus"]);
        await App.AcceptAsync($"/{id}/purge");
        Assert.Equal(404, (await App.SendAsync("GET", $"/{id}")).Status);
        Assert.Equal(404, (await App.SendAsync("POST", $"/{id}/purge")).Status);
        Assert.Equal(404, (await App.SendAsync("GET", $"/{id}/history")).Status);
    }

    [Fact]
    public async Task Purge_OfARunningInstance_Is500()
    {
        var id = await App.StartAsync("AwaitEvent");
        await App.WaitAsync(id, "RUNNING");

        var (status, body) = await App.SendAsync("POST", $"/{id}/purge");

        Assert.Equal(
            (500, $$"""{"errorCode":"ERR_PURGE_WORKFLOW","message":"error purging workflow {{id}}: failed to Purge workflow {{id}}: orchestration has not yet completed"}"""), (status, body));
    }

    [Fact]
    public async Task Purge_OfAParent_RemovesItsChildren()
    {
        var id = await App.StartAsync("OrderProcessing", """{"name":"paper","totalCost":10,"address":"here"}""");
        await App.WaitAsync(id, "COMPLETED");
        var child = (await App.HistoryAsync(id)).Select(entry => (string?)entry!["instanceID"]).Single(other => other is not null)!;
        await App.WaitAsync(child, "COMPLETED");

        await App.AcceptAsync($"/{id}/purge");

        Assert.Equal(404, (await App.SendAsync("GET", $"/{child}")).Status);
    }

    [Fact]
    public async Task List_FiltersAndPages()
    {
        var ids = new List<string>();
        for (var index = 0; index < 5; index++)
        {
            ids.Add(await App.StartAsync("ShipOrder", """{"name":"n","totalCost":1,"address":"a"}"""));
            await App.WaitAsync(ids[^1], "COMPLETED");
        }

        var found = new List<string>();
        for (var token = ""; ;)
        {
            var (status, body) = await App.SendAsync("GET", $"?name=ShipOrder&status=COMPLETED,FAILED&pageSize=2&continuationToken={Uri.EscapeDataString(token)}");
            Assert.Equal((200, body), (status, body));
            var page = JsonNode.Parse(body)!;
            var instances = page["instances"]!.AsArray();
            Assert.InRange(instances.Count, 0, 2);
            Assert.All(instances, instance => Assert.Equal(("ShipOrder", "COMPLETED"), ((string?)instance!["workflowName"], (string?)instance["runtimeStatus"])));
            found.AddRange(instances.Select(instance => (string)instance!["instanceID"]!).Where(ids.Contains));
            if ((string?)page["continuationToken"] is not { } next)
            {
                break;
            }

            token = next;
        }

        Assert.Equal(ids.AsEnumerable().Reverse(), found);
        Assert.Equal((200, """{"instances":[]}"""), await App.SendAsync("GET", "?name=ShipOrder&status=TERMINATED"));
        Assert.Equal((200, """{"instances":[]}"""), await App.SendAsync("GET", "?createdBefore=2020-01-01T00:00:00Z"));
        Assert.Equal((200, """{"instances":[]}"""), await App.SendAsync("GET", "?createdFrom=2100-01-01T00:00:00Z"));
    }

    [Fact]
    public async Task Rerun_FromAnAction_GoesOnWithItsNewInput()
    {
        var id = await App.StartAsync("TaskChaining", "4");
        await App.WaitAsync(id, "COMPLETED");
        var third = (await App.HistoryAsync(id)).Single(entry => (string?)entry!["name"] == "Step3")!;
        var newId = $"{id}-again";

        Assert.Equal((202, $$"""{"instanceID":"{{newId}}"}"""), await App.SendAsync("POST", $"/{id}/rerun/{third["eventID"]}?newInstanceID={newId}", "13"));

        // 13 - 3, squared.
        Assert.Equal("100", WorkflowApp.Property(await App.WaitAsync(newId, "COMPLETED"), "output"));
        Assert.Equal("49", WorkflowApp.Property(await App.GetAsync(id), "output"));
        Assert.Equal(
            (404, $$"""{"errorCode":"ERR_WORKFLOW_EVENT_NOT_FOUND","message":"workflow '{{id}}' has no action with event ID 99"}"""), await App.SendAsync("POST", $"/{id}/rerun/99"));
    }

    private static DateTimeOffset Time(JsonObject state, string name)
    {
        var text = (string)state[name]!;
        Assert.Matches(ProtobufTime(), text);
        return DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3}|\.\d{6}|\.\d{9})?Z$")]
    private static partial Regex ProtobufTime();
}
