using Serverless.Components.Registry.Resources;
using Serverless.Components.Workflows;
using Serverless.Components.Workflows.Instances;

namespace Serverless.Tests.Components.Workflows.Execution;

/// <summary>One process that starts, runs and ends workflows.</summary>
public sealed class WorkflowRuntimeTests : IAsyncLifetime
{
    private readonly RuntimeRig _rig = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _rig.OpenAsync();

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Theory]
    [InlineData("Nothing", "7", "7")]
    [InlineData("Chain", "0", "0")]
    [InlineData("Chain", "5", "5")]
    [InlineData("FanOut", "10", "55")]
    [InlineData("FanOut", "1000", "500500")]
    [InlineData("Sleep", "30", "\"awake\"")]
    [InlineData("Impatient", "20", "\"too late\"")]
    [InlineData("Parent", "3", "6")]
    [InlineData("Countdown", "20", "0")]
    [InlineData("Spin", "100", "0")]
    [InlineData("Large", "200000", "200000")]
    [InlineData("Large", "4000000", "4000000")]
    public async Task Workflow_OfEachKind_Completes(string name, string input, string output)
    {
        await _rig.StartAsync("w", name, input);
        Assert.Equal(output, await _rig.OutputAsync("w"));
    }

    [Fact]
    public async Task State_Completed_ShowsEverything()
    {
        await _rig.StartAsync("w", "Large", "100000");
        await _rig.EndAsync("w");
        var state = (await _rig.Engine.GetAsync("w", Cancellation))!;
        Assert.Equal(("Large", "100000", "100000"), (state.Name, state.Input, state.Output));
        Assert.Equal(100_002, state.CustomStatus!.Length);
        Assert.Null(state.Failure);
        Assert.True(state.LastUpdatedAt >= state.CreatedAt);
        Assert.Null(await _rig.Engine.GetAsync("nobody", Cancellation));
    }

    [Fact]
    public async Task Children_LeftBehindByContinueAsNew_EndAndGoWithTheirParent()
    {
        await _rig.StartAsync("w", "Leaver", "1");
        await _rig.WhenAsync("left0", state => state.Status == WorkflowRuntimeStatus.Running);
        await _rig.WhenAsync("left1", state => state.Status == WorkflowRuntimeStatus.Running);
        Assert.Equal(WorkflowOutcome.Done, await _rig.Engine.ControlAsync("w", WorkflowControl.Terminate, Cancellation));
        foreach (var id in (string[])["w", "left0", "left1"])
        {
            Assert.Equal(WorkflowRuntimeStatus.Terminated, (await _rig.EndAsync(id)).Status);
        }

        Assert.Equal(WorkflowOutcome.Done, await _rig.Engine.PurgeAsync("w", Cancellation));
        Assert.Null(await _rig.Engine.GetAsync("left0", Cancellation));
        Assert.Null(await _rig.Engine.GetAsync("left1", Cancellation));
    }

    [Theory]
    [InlineData("Failing", "went wrong")]
    [InlineData("Missing", "Nowhere")]
    [InlineData("Unknown", "Unknown")]
    public async Task Workflow_ThatCannotGoOn_Fails(string name, string says)
    {
        await _rig.StartAsync("w", name, "\"went wrong\"");
        var state = await _rig.EndAsync("w");
        Assert.Equal(WorkflowRuntimeStatus.Failed, state.Status);
        Assert.Contains(says, state.Failure!.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RaiseEvent_WhateverItsSize_Arrives()
    {
        var text = $"\"{new string('y', 3_000_000)}\"";
        await _rig.StartAsync("w", "Await", "\"Finish\"");
        Assert.Equal(WorkflowOutcome.Done, await _rig.Engine.RaiseEventAsync("w", "finish", text, Cancellation));
        Assert.Equal(text, await _rig.OutputAsync("w"));
        Assert.Equal(WorkflowOutcome.Done, await _rig.Engine.RaiseEventAsync("w", "finish", text, Cancellation));
        Assert.Equal(WorkflowOutcome.NotFound, await _rig.Engine.RaiseEventAsync("nobody", "finish", text, Cancellation));
    }

    [Fact]
    public async Task SendEvent_Ten_ArriveInOrder()
    {
        await _rig.StartAsync("receiver", "Receiver", "10");
        await _rig.StartAsync("sender", "Sender", "\"receiver\"");
        Assert.Equal("[0,1,2,3,4,5,6,7,8,9]", await _rig.OutputAsync("receiver"));
    }

    [Fact]
    public async Task Start_OfAnIdThatIsThere_DependsOnWhetherItHasEnded()
    {
        await _rig.StartAsync("w", "Await", "\"go\"");
        Assert.Equal(WorkflowOutcome.IsActive, await _rig.Engine.StartAsync(new WorkflowStart("w", "Chain", "1"), Cancellation));
        await _rig.Engine.ControlAsync("w", WorkflowControl.Terminate, Cancellation);
        Assert.Equal(WorkflowRuntimeStatus.Terminated, (await _rig.EndAsync("w")).Status);
        await _rig.StartAsync("w", "Chain", "3");
        Assert.Equal("3", await _rig.OutputAsync("w"));
        await _rig.StartAsync("w", "Measured", $"\"{new string('z', 100_000)}\"");
        Assert.Equal(WorkflowRuntimeStatus.Failed, (await _rig.WhenAsync("w", state => state.Name == "Measured" && RuntimeRig.HasEnded(state.Status))).Status);
    }

    [Fact]
    public async Task SuspendAndResume_RunningWorkflow_TakesEventsOnlyAfterwards()
    {
        await _rig.StartAsync("w", "Await", "\"go\"");
        await _rig.Engine.ControlAsync("w", WorkflowControl.Suspend, Cancellation);
        await _rig.WhenAsync("w", state => state.Status == WorkflowRuntimeStatus.Suspended);
        await _rig.Engine.RaiseEventAsync("w", "go", "\"1\"", Cancellation);
        await _rig.Engine.ControlAsync("w", WorkflowControl.Resume, Cancellation);
        Assert.Equal("\"1\"", await _rig.OutputAsync("w"));
    }

    [Fact]
    public async Task Terminate_AFamily_EndsAllOfIt()
    {
        await _rig.StartAsync("w", "Patriarch", "1");
        await _rig.WhenAsync("w:0000:0000", state => state.Status == WorkflowRuntimeStatus.Running);
        Assert.Equal(WorkflowOutcome.NotCompleted, await _rig.Engine.PurgeAsync("w", Cancellation));
        await _rig.Engine.ControlAsync("w", WorkflowControl.Terminate, Cancellation);
        foreach (var id in new[] { "w", "w:0000", "w:0000:0000" })
        {
            Assert.Equal(WorkflowRuntimeStatus.Terminated, (await _rig.EndAsync(id)).Status);
        }

        Assert.Equal(WorkflowOutcome.Done, await _rig.Engine.PurgeAsync("w", Cancellation));
        Assert.Empty((await _rig.Engine.ListAsync(new WorkflowQuery(), Cancellation))!.Instances);
        Assert.Equal(WorkflowOutcome.NotFound, await _rig.Engine.PurgeAsync("w", Cancellation));
    }

    [Fact]
    public async Task ScheduledStart_Later_RunsThen()
    {
        var at = TimeProvider.System.GetUtcNow().AddMilliseconds(600);
        await _rig.Engine.StartAsync(new WorkflowStart("w", "Nothing", "1") { StartAt = at }, Cancellation);
        await _rig.Engine.RaiseEventAsync("w", "early", "1", Cancellation);
        Assert.Equal(WorkflowRuntimeStatus.Pending, (await _rig.Engine.GetAsync("w", Cancellation))!.Status);
        var state = await _rig.EndAsync("w");
        Assert.True(state.LastUpdatedAt >= at, $"{state.LastUpdatedAt:O} {at:O}");
    }

    [Fact]
    public async Task Retention_Passed_RemovesTheInstance()
    {
        _rig.Settings = new WorkflowConfiguration { KeepCompleted = TimeSpan.Zero, KeepFailed = TimeSpan.FromHours(1) };
        await _rig.StartAsync("w", "Parent", "5");
        await _rig.StartAsync("failing", "Failing", "\"x\"");
        await _rig.EndAsync("failing");
        while ((await _rig.Engine.ListAsync(new WorkflowQuery(), Cancellation))!.Instances.Count > 1)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Cancellation);
        }

        Assert.NotNull(await _rig.Engine.GetAsync("failing", Cancellation));
    }

    [Fact]
    public async Task Rerun_FromAnAction_TakesOverWhatWasBefore()
    {
        await _rig.StartAsync("w", "Chain", "4");
        await _rig.EndAsync("w");
        var scheduled = (await _rig.Engine.GetHistoryAsync("w", Cancellation))!.Where(entry => entry.Type == "TaskScheduled").ToList();
        Assert.Equal(4, scheduled.Count);
        var rerun = new WorkflowRerun("w", scheduled[2].EventId!.Value, "again") { HasInput = true, Input = "40" };
        Assert.Equal(WorkflowOutcome.Done, await _rig.Engine.RerunAsync(rerun, Cancellation));
        Assert.Equal("42", await _rig.OutputAsync("again"));
        Assert.Equal(WorkflowOutcome.NoSuchEvent, await _rig.Engine.RerunAsync(rerun with { EventId = 99, NewId = "b" }, Cancellation));
        Assert.Equal(WorkflowOutcome.NotFound, await _rig.Engine.RerunAsync(rerun with { SourceId = "nobody", NewId = "b" }, Cancellation));
        await _rig.StartAsync("busy", "Await", "\"go\"");
        Assert.Equal(WorkflowOutcome.IsActive, await _rig.Engine.RerunAsync(rerun with { NewId = "busy" }, Cancellation));
    }

    [Fact]
    public async Task Commit_OfManyMiddlingTexts_StaysWithinWhatStoresTake()
    {
        await _rig.StartAsync("w", "Wide", "400");
        Assert.Equal("4000000", await _rig.OutputAsync("w"));
    }

    [Fact]
    public async Task Stop_WithAnActivityRunning_LeavesItToTheNext()
    {
        await _rig.StartAsync("w", "Stuck", "1");
        await _rig.WhenAsync("w", state => state.Status == WorkflowRuntimeStatus.Running);
        var second = await _rig.OpenAsync(options: _rig.Options(new WorkflowCatalog()
            .AddWorkflow<int, int>("Stuck", async (context, value) => await context.CallActivityAsync<int>("Forever", value))
            .AddActivity<int, int>("Forever", (_, value) => Task.FromResult(value))));
        using var cut = new CancellationTokenSource(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        await _rig.First.StopAsync(cut.Token);
        Assert.Equal("1", await _rig.OutputAsync("w", second.Engine));
    }
}
