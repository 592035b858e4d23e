using System.Text.Json.Nodes;
using Serverless.Components.Workflows.Instances;
using Serverless.Functions.Hosting;

namespace Serverless.Tests.Functions.Workflows;

public sealed class WorkflowStartTests
{
    [Theory]
    [InlineData("v1.0")]
    [InlineData("v1.0-beta1")]
    [InlineData("v1.0-alpha1")]
    public async Task Start_GivenId_Is202WithIt(string version)
    {
        var (server, engine) = await WorkflowServer.StartAsync();
        await using var owned = server;

        var response = await server.SendAsync("POST", $"/{version}/workflows/engine/My%20Flow/start?instanceID=a-1_%C3%A9", "{\"a\": 1}");

        Assert.Equal((202, """{"instanceID":"a-1_é"}""", "application/json"), (response.Status, response.Body, response.ContentType));
        Assert.Equal(new WorkflowStart("a-1_é", "My Flow", "{\"a\": 1}"), engine.Started);
    }

    [Theory]
    [InlineData("")]
    [InlineData("?instanceID=")]
    [InlineData("?instanceId=other-case")]
    public async Task Start_NoId_IsARandomUuid(string query)
    {
        var (server, engine) = await WorkflowServer.StartAsync();
        await using var owned = server;

        var response = await server.SendAsync("POST", $"{WorkflowServer.Root}/W/start{query}");

        var id = (string?)JsonNode.Parse(response.Body)!["instanceID"];
        Assert.Matches("^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$", id);
        Assert.Equal(new WorkflowStart(id!, "W", ""), engine.Started);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData(" \"é€😀\\u0041\" \n")]
    public async Task Start_AnyText_IsTheInputByteForByte(string input)
    {
        var (server, engine) = await WorkflowServer.StartAsync();
        await using var owned = server;

        Assert.Equal(202, (await server.SendAsync("POST", $"{WorkflowServer.Root}/W/start", input)).Status);
        Assert.Equal(input, engine.Started!.Input);
    }

    [Fact]
    public async Task Start_InputThatIsNoText_IsRefused()
    {
        var (server, engine) = await WorkflowServer.StartAsync();
        await using var owned = server;

        var response = await server.RawAsync([.. "POST /v1.0/workflows/engine/W/start HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\n"u8, 0xFF, 0xFE]);

        Assert.Equal((400, WorkflowServer.Error("ERR_MALFORMED_REQUEST", "failed deserializing HTTP body: it is no UTF-8 text")), (response.Status, response.Body));
        Assert.Null(engine.Started);
    }

    [Fact]
    public async Task Start_IdOf64Bytes_IsTheLongest()
    {
        var (server, _) = await WorkflowServer.StartAsync();
        await using var owned = server;
        var tooLong = (400, WorkflowServer.Error("ERR_INSTANCE_ID_TOO_LONG", "workflow instance ID exceeds the max length of 64 characters"));

        Assert.Equal(202, (await server.SendAsync("POST", $"{WorkflowServer.Root}/W/start?instanceID={new string('a', 64)}")).Status);
        foreach (var id in (string[])[new string('a', 65), string.Concat(Enumerable.Repeat("%C3%A9", 33)), new string('!', 65)])
        {
            var response = await server.SendAsync("POST", $"{WorkflowServer.Root}/W/start?instanceID={id}");
            Assert.Equal(tooLong, (response.Status, response.Body));
        }
    }

    [Theory]
    [InlineData("a.b", "a.b")]
    [InlineData("a%20b", "a b")]
    [InlineData("a:b", "a:b")]
    [InlineData("%F0%9F%98%80", "😀")]
    public async Task Start_OtherCharactersInTheId_AreRefused(string inUrl, string shown)
    {
        var (server, engine) = await WorkflowServer.StartAsync();
        await using var owned = server;

        var response = await server.SendAsync("POST", $"{WorkflowServer.Root}/W/start?instanceID={inUrl}&appID=not%20valid");

        Assert.Equal(
            (400, WorkflowServer.Error("ERR_INSTANCE_ID_INVALID", $"workflow instance ID '{shown}' is invalid: only alphanumeric and underscore characters are allowed")),
            (response.Status, response.Body));
        Assert.Empty(engine.Calls);
    }

    [Theory]
    [InlineData(WorkflowOutcome.IsActive, "an active workflow with ID 'i1' already exists")]
    [InlineData(WorkflowOutcome.HasActiveChildren, "cannot recreate workflow with ID 'i1': a child workflow of it has not ended")]
    public async Task Start_IdInUse_FailsAfterThreeTriesASecondApart(WorkflowOutcome outcome, string cause)
    {
        var time = new ManualTimeProvider();
        var (server, engine) = await WorkflowServer.StartAsync(time: time);
        await using var owned = server;
        engine.Outcome = outcome;

        var pending = server.SendAsync("POST", $"{WorkflowServer.Root}/W/start?instanceID=i1");
        await PassAsync(time, engine, 1);
        await PassAsync(time, engine, 2);
        var response = await pending;

        Assert.Equal(
            (500, WorkflowServer.Error("ERR_START_WORKFLOW", $"error starting workflow 'W': unable to start workflow: failed to start workflow: rpc error: code = AlreadyExists desc = {cause}")),
            (response.Status, response.Body));
        Assert.Equal(3, engine.Calls.Count);
    }

    [Fact]
    public async Task Start_IdThatIsFreeAtTheNextTry_Is202()
    {
        var time = new ManualTimeProvider();
        var (server, engine) = await WorkflowServer.StartAsync(time: time);
        await using var owned = server;
        engine.First.Enqueue(WorkflowOutcome.IsActive);

        var pending = server.SendAsync("POST", $"{WorkflowServer.Root}/W/start?instanceID=i1");
        await PassAsync(time, engine, 1);

        Assert.Equal(202, (await pending).Status);
        Assert.Equal(2, engine.Calls.Count);
    }

    [Theory]
    [InlineData("2026-03-01T12:00:00Z", "2026-03-01T12:00:00.0000000+00:00")]
    [InlineData("2026-03-01t12:00:00.123456789z", "2026-03-01T12:00:00.1234567+00:00")]
    [InlineData("2026-03-01T12:00:00.5%2B02:00", "2026-03-01T10:00:00.5000000+00:00")]
    public async Task Start_StartTime_IsPassedOn(string inUrl, string expected)
    {
        var (server, engine) = await WorkflowServer.StartAsync();
        await using var owned = server;

        Assert.Equal(202, (await server.SendAsync("POST", $"{WorkflowServer.Root}/W/start?startTime={inUrl}")).Status);
        Assert.Equal(expected, engine.Started!.StartAt!.Value.ToString("O"));
    }

    [Theory]
    [InlineData("tomorrow")]
    [InlineData("2026-03-01")]
    [InlineData("2026-03-01T12:00:00")]
    [InlineData("2026-13-01T12:00:00Z")]
    public async Task Start_BadStartTime_IsRefused(string time)
    {
        var (server, engine) = await WorkflowServer.StartAsync();
        await using var owned = server;

        var response = await server.SendAsync("POST", $"{WorkflowServer.Root}/W/start?startTime={time}");

        Assert.Equal((400, WorkflowServer.Error("ERR_BAD_REQUEST", "invalid request: query parameter 'startTime' must be a time such as 2026-01-02T03:04:05Z")), (response.Status, response.Body));
        Assert.Empty(engine.Calls);
    }

    [Fact]
    public async Task Start_BodyTooLarge_IsBodyRead()
    {
        var (server, _) = await WorkflowServer.StartAsync(new RuntimeOptions { MaxBodySize = 3 });
        await using var owned = server;

        var response = await server.SendAsync("POST", $"{WorkflowServer.Root}/W/start?instanceID=not%20valid", "1234");

        Assert.Equal((400, WorkflowServer.Error("ERR_BODY_READ", "failed to read request body: stream too large")), (response.Status, response.Body));
    }

    private static async Task PassAsync(ManualTimeProvider time, FakeWorkflowEngine engine, int calls)
    {
        await WaitAsync(() => engine.Calls.Count == calls && time.NextTimer is not null);
        time.Advance(TimeSpan.FromSeconds(1) - TimeSpan.FromTicks(1));
        Assert.Equal(calls, engine.Calls.Count);
        time.Advance(TimeSpan.FromTicks(1));
    }

    private static async Task WaitAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (!condition())
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
