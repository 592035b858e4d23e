using Serverless.Components.Workflows;
using Serverless.Components.Workflows.Engine;
using Serverless.Components.Workflows.History;
using Serverless.Components.Workflows.Instances;

namespace Serverless.Tests.Components.Workflows.Engine;

public sealed class HistoryRerunTests
{
    private static readonly DateTimeOffset Later = EngineRig.Epoch.AddDays(1);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Rerun_FromTheMiddle_TakesThePastAndRepeatsTheAction(bool withInput)
    {
        var rig = EngineRig.Of<int, string>(async (context, input) =>
        {
            var a = await context.CallActivityAsync<string>("A", input);
            var b = await context.CallActivityAsync<string>("B", a);
            return a + b + await context.CallActivityAsync<string>("C", b);
        });
        rig.Start("1");
        rig.Run(rig.Done(0, "\"a\""));
        rig.Run(rig.Done(1, "\"b\""));
        rig.Run(rig.Done(2, "\"c\""));
        Assert.Equal("\"abc\"", rig.Turn.Output);

        var again = Rerun(rig, 1, withInput ? "\"other\"" : null);
        Assert.Equal(new WorkflowAction.CallActivity(1, "B", withInput ? "\"other\"" : "\"a\""), again.Only<WorkflowAction.CallActivity>());
        Assert.Equal(withInput ? "\"other\"" : "\"a\"", again.History.OfType<TaskScheduled>().Last().Input);
        Assert.Equal("new-e", Assert.Single(again.History.OfType<ExecutionStarted>()).ExecutionId);
        again.Restart().Run(again.Done(1, "\"x\""));
        again.Restart().Run(again.Done(2, "\"y\""));
        Assert.Equal("\"axy\"", again.Turn.Output);
    }

    [Fact]
    public void Rerun_WhatWasPending_IsBegunAgain()
    {
        var rig = EngineRig.Of<int, int>(async (context, _) =>
        {
            using var giveUp = new CancellationTokenSource();
            var slow = context.CallActivityAsync<int>("Slow", 1);
            var child = context.CallChildWorkflowAsync<int>("Child", 2);
            var named = context.CallChildWorkflowAsync<int>("Child", 3, new ChildWorkflowTaskOptions("named"));
            var timer = context.CreateTimer(TimeSpan.FromHours(2));
            var given = context.CreateTimer(TimeSpan.FromHours(2), giveUp.Token);
            await context.CallActivityAsync("Fast");
#pragma warning disable VSTHRD103 // CancelAsync goes to another thread.
            giveUp.Cancel();
#pragma warning restore VSTHRD103
            await context.CallActivityAsync("Repeat");
            return await slow + await child + await named;
        });
        rig.Start();
        rig.Run(rig.Done(5), rig.Event("kept"));
        rig.Run(rig.Done(6));
        rig.Run(rig.Done(0, "1"), rig.ChildDone(1, "1"), rig.ChildDone(2, "1"));
        Assert.Equal("3", rig.Turn.Output);

        var again = Rerun(rig, 6);
        Assert.Equal(
            [typeof(WorkflowAction.CallActivity), typeof(WorkflowAction.StartChild), typeof(WorkflowAction.StartChild), typeof(WorkflowAction.SetTimer), typeof(WorkflowAction.CancelTimer), typeof(WorkflowAction.CallActivity)],
            again.Turn.Actions.Select(action => action.GetType()));
        Assert.Equal(["new:0001", "named"], again.Turn.Actions.OfType<WorkflowAction.StartChild>().Select(child => child.InstanceId));
        Assert.Equal(new ParentLink("new", "new-e", 1), again.Turn.Actions.OfType<WorkflowAction.StartChild>().First().Start.Parent);
        Assert.Equal(Later.AddHours(2).AddSeconds(-1), Assert.Single(again.Turn.Actions.OfType<WorkflowAction.SetTimer>()).FireAt);
        again.Restart().Run(again.Done(0, "10"), again.ChildDone(1, "20"), again.ChildDone(2, "30"), again.Done(6));
        Assert.Equal("60", again.Turn.Output);
    }

    [Fact]
    public void Rerun_FirstActionOfAFailedOrSuspendedSource_GoesOn()
    {
        var rig = EngineRig.Of<int, int>(async (context, input) => input + await context.CallActivityAsync<int>("A"));
        rig.Start("5");
        rig.Run(rig.Suspend());
        rig.Run(rig.Resume(), rig.Failed(0));
        Assert.Equal(WorkflowRuntimeStatus.Failed, rig.Turn.Status);
        var again = Rerun(rig, 0);
        Assert.Equal(WorkflowRuntimeStatus.Running, again.Turn.Status);
        again.Restart().Run(again.Done(0, "2"));
        Assert.Equal("7", again.Turn.Output);
    }

    [Fact]
    public void Rerun_OfATurnWhileSuspended_IsResumed()
    {
        var rig = EngineRig.Of<int, int>(async (context, _) =>
        {
            await context.WaitForExternalEventAsync<int>("e");
            return await context.CallActivityAsync<int>("A");
        });
        rig.Start();
        rig.Run(rig.Suspend());
        rig.Run(rig.Event("e", "1"));
        rig.Run(rig.Resume());
        rig.Run(rig.Terminate());
        var again = Rerun(rig, 0);
        Assert.Equal("A", again.Only<WorkflowAction.CallActivity>().Name);
        again.Restart().Run(again.Done(0, "2"));
        Assert.Equal("2", again.Turn.Output);
    }

    [Fact]
    public void Rerun_OfNoSuchAction_IsNone()
    {
        var rig = EngineRig.Of<int, int>((context, _) =>
        {
            context.SendEvent("x", "y", null);
            return context.CallActivityAsync<int>("A");
        });
        rig.Start();
        Assert.Null(HistoryRerun.Create(rig.Catalog, rig.History, new WorkflowRerun("i1", 0, "new"), "new-e", Later));
        Assert.Null(HistoryRerun.Create(rig.Catalog, rig.History, new WorkflowRerun("i1", 7, "new"), "new-e", Later));
        Assert.NotNull(HistoryRerun.Create(rig.Catalog, rig.History, new WorkflowRerun("i1", 1, "new"), "new-e", Later));
    }

    [Fact]
    public void View_OfEachEvent_HasTheProtocolsName()
    {
        var rig = EngineRig.Of<int, int>(async (context, _) =>
        {
            await Task.WhenAll(context.CallActivityAsync("A", 1), context.CallChildWorkflowAsync("C", 2), context.CreateTimer(TimeSpan.FromSeconds(1)));
            context.SendEvent("x", "y", 3);
            return await context.CallActivityAsync<int>("B");
        });
        rig.Start("5");
        rig.Run(rig.Done(0, "1"), rig.ChildDone(1, "2"), rig.Fired(2), rig.Event("e", "4"));
        rig.Run(rig.Suspend());
        rig.Run(rig.Resume(), rig.Failed(4));
        var view = rig.History.Select(HistoryView.Of).ToList();
        Assert.Equal(
            [
                "OrchestratorStarted", "ExecutionStarted", "TaskScheduled", "SubOrchestrationInstanceCreated", "TimerCreated",
                "OrchestratorStarted", "TaskCompleted", "SubOrchestrationInstanceCompleted", "TimerFired", "EventRaised", "EventSent", "TaskScheduled",
                "OrchestratorStarted", "ExecutionSuspended", "OrchestratorStarted", "ExecutionResumed", "TaskFailed", "ExecutionCompleted",
            ],
            view.Select(entry => entry.Type));
        Assert.Equal(new WorkflowHistoryEntry("TaskScheduled", EngineRig.Epoch.AddSeconds(1)) { EventId = 0, Name = "A", Text = "1" }, view[2]);
        Assert.Equal(new WorkflowHistoryEntry("SubOrchestrationInstanceCreated", EngineRig.Epoch.AddSeconds(1)) { EventId = 1, Name = "C", InstanceId = "i1:0001", Text = "2" }, view[3]);
        Assert.Equal("broken", view[^1].Failure?.InnerFailure?.ErrorMessage);
    }

    /// <summary>The rerun as an instance of its own.</summary>
    private static EngineRig Rerun(EngineRig source, int eventId, string? input = null)
    {
        var result = HistoryRerun.Create(
            source.Catalog, source.History, new WorkflowRerun(source.InstanceId, eventId, "new") { HasInput = input is not null, Input = input }, "new-e", Later);
        Assert.NotNull(result);
        return new EngineRig(source.Catalog, "new", result);
    }
}
