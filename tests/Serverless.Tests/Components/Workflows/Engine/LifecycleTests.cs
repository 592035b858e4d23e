using Serverless.Components.Workflows;
using Serverless.Components.Workflows.Engine;
using Serverless.Components.Workflows.History;

namespace Serverless.Tests.Components.Workflows.Engine;

public sealed class LifecycleTests
{
    [Fact]
    public void Child_Started_KnowsItsParentAndHasADerivedId()
    {
        var rig = EngineRig.Of<int, string>(async (context, _) =>
        {
            await context.CallActivityAsync("A");
            return await context.CallChildWorkflowAsync<string>("Child", 7) + await context.CallChildWorkflowAsync<string>("Child", 8, new ChildWorkflowTaskOptions("mine"));
        });
        rig.Start();
        rig.Run(rig.Done(0));
        var child = rig.Only<WorkflowAction.StartChild>();
        Assert.Equal("i1:0001", child.InstanceId);
        Assert.Equal(("Child", "7", new ParentLink("i1", "e1", 1)), (child.Start.Name, child.Start.Input, child.Start.Parent));
        Assert.Matches("^[0-9a-f]{32}$", child.Start.ExecutionId);
        rig.Restart().Run(rig.ChildDone(1, "\"a\""));
        Assert.Equal("mine", rig.Only<WorkflowAction.StartChild>().InstanceId);
        rig.Restart().Run(rig.ChildDone(2, "\"b\""));
        Assert.Equal("\"ab\"", rig.Turn.Output);
    }

    [Fact]
    public void Child_Failed_FailsTheTaskAndIsTriedAgain()
    {
        var policy = new WorkflowRetryPolicy(2, TimeSpan.FromSeconds(1));
        var rig = EngineRig.Of<int, int>((context, _) => context.CallChildWorkflowAsync<int>("Child", null, new ChildWorkflowTaskOptions(RetryPolicy: policy)));
        rig.Start();
        rig.Run(rig.ChildBroke(0));
        rig.Run(rig.Fired(1));
        Assert.Equal("i1:0002", rig.Only<WorkflowAction.StartChild>().InstanceId);
        rig.Run(rig.ChildDone(2, "3"));
        Assert.Equal("3", rig.Turn.Output);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void End_OfAChild_TellsItsParent(bool fails)
    {
        var rig = EngineRig.Of<int, int>((_, _) => fails ? throw new IOException("no disk") : Task.FromResult(9));
        rig.Start(parent: new ParentLink("p", "pe", 4));
        var send = rig.Only<WorkflowAction.Send>();
        Assert.Equal(("p", "pe"), (send.InstanceId, send.ExecutionId));
        if (fails)
        {
            var failed = Assert.IsType<ChildFailed>(send.Message);
            Assert.Equal((4, "System.IO.IOException", "no disk"), (failed.TaskId, failed.Failure.ErrorType, failed.Failure.ErrorMessage));
        }
        else
        {
            Assert.Equal(new ChildCompleted(4, "9") { Timestamp = rig.Now }, send.Message);
        }
    }

    [Fact]
    public void Terminate_Running_EndsItAndItsChildren()
    {
        var rig = EngineRig.Of<int, int>(async (context, _) =>
        {
            var done = context.CallChildWorkflowAsync("Child");
            var open = context.CallChildWorkflowAsync("Child");
            await done;
            await context.CallChildWorkflowAsync("Child");
            await open;
            return 1;
        });
        rig.Start(parent: new ParentLink("p", "pe", 4));
        rig.Restart().Run(rig.ChildDone(0), rig.Terminate("\"enough\""), rig.Event("late"));
        Assert.Equal(WorkflowRuntimeStatus.Terminated, rig.Turn.Status);
        Assert.Equal("\"enough\"", rig.Turn.Output);
        Assert.Null(rig.Turn.Failure);

        // The second child runs; the third was begun in this very turn, and never is.
        var sent = rig.Turn.Actions.Cast<WorkflowAction.Send>().ToList();
        Assert.Equal(["i1:0001", "p"], sent.Select(send => send.InstanceId));
        Assert.IsType<ExecutionTerminated>(sent[0].Message);
        Assert.Equal("WorkflowTerminated", Assert.IsType<ChildFailed>(sent[1].Message).Failure.ErrorType);
        Assert.Equal([typeof(TurnStarted), typeof(ChildCompleted), typeof(ExecutionTerminated), typeof(ExecutionCompleted)], rig.Turn.Events.Select(e => e.GetType()));
        Assert.Empty(rig.Restart().Run(rig.Resume(), rig.Event("e")).Events);
    }

    [Fact]
    public void Suspended_EverythingWaits_UntilResumed()
    {
        var calls = 0;
        var rig = EngineRig.Of<int, string>(async (context, _) =>
        {
            var a = await context.CallActivityAsync<string>("A");
            calls++;
            var e = await context.WaitForExternalEventAsync<string>("e");
            return a + e;
        });
        rig.Start();
        rig.Run(rig.Suspend(), rig.Suspend(), rig.Done(0, "\"a\""));
        Assert.Equal(WorkflowRuntimeStatus.Suspended, rig.Turn.Status);
        Assert.Equal([typeof(TurnStarted), typeof(ExecutionSuspended), typeof(TaskCompleted)], rig.Turn.Events.Select(e => e.GetType()));
        rig.Restart().Run(rig.Done(0, "\"a\""));
        Assert.Empty(rig.Turn.Events);
        rig.Run(rig.Event("e", "\"b\""));
        Assert.Equal((WorkflowRuntimeStatus.Suspended, 0), (rig.Turn.Status, calls));
        rig.Restart().Run(rig.Resume());
        Assert.Equal("\"ab\"", rig.Turn.Output);
        Assert.Empty(rig.Run(rig.Resume()).Events);
    }

    [Fact]
    public void Suspended_Terminated_Ends()
    {
        var rig = EngineRig.Of<int, int>((context, _) => context.CallActivityAsync<int>("A"));
        rig.Start();
        rig.Run(rig.Suspend());
        rig.Restart().Run(rig.Terminate());
        Assert.Equal(WorkflowRuntimeStatus.Terminated, rig.Turn.Status);
    }

    [Theory]
    [InlineData(true, "\"ab\"")]
    [InlineData(false, "\"b\"")]
    public void ContinueAsNew_Events_AreKeptIfWished(bool keep, string expected)
    {
        var rig = EngineRig.Of<int, string>(async (context, input) =>
        {
            if (input == 0)
            {
                context.SetCustomStatus("first");
                await context.CallActivityAsync("A");
                context.ContinueAsNew(1, keep);
                return "dropped";
            }

            var one = await context.WaitForExternalEventAsync<string>("e");
            return one == "b" ? one : one + await context.WaitForExternalEventAsync<string>("e");
        });
        rig.Start("0", new ParentLink("p", "pe", 4));
        var old = rig.ExecutionId;
        rig.Run(rig.Event("e", "\"a\""), rig.Done(0), rig.Done(0));
        Assert.True(rig.Turn.ReplacesHistory);
        Assert.Equal(WorkflowRuntimeStatus.Running, rig.Turn.Status);
        Assert.NotEqual(old, rig.ExecutionId);
        Assert.Equal("\"first\"", rig.Turn.CustomStatus);
        Assert.IsType<ExecutionStarted>(rig.History[0]);
        Assert.Empty(rig.Restart().Run(rig.Event("e", "\"a\"")).Events);
        Assert.Equal("\"first\"", rig.Turn.CustomStatus);
        rig.Run(rig.Event("e", "\"b\""));
        Assert.Equal(expected, rig.Turn.Output);
        Assert.Equal("p", rig.Only<WorkflowAction.Send>().InstanceId);
    }

    [Fact]
    public void ContinueAsNew_WithTermination_IsTerminated()
    {
        var rig = EngineRig.Of<int, int>(async (context, _) =>
        {
            await context.CallActivityAsync("A");
            context.ContinueAsNew();
            return 0;
        });
        rig.Start();
        rig.Run(rig.Done(0), rig.Event("e"), rig.Terminate());
        Assert.Equal((WorkflowRuntimeStatus.Terminated, false), (rig.Turn.Status, rig.Turn.ReplacesHistory));
        Assert.IsType<TaskCompleted>(rig.Turn.Events[1]);
    }

    [Fact]
    public void ContinueAsNew_AnswersOfTheOldExecution_AreDropped()
    {
        var rig = EngineRig.Of<int, int>(async (context, input) =>
        {
            var calls = new[] { context.CallActivityAsync<int>("A"), context.CallActivityAsync<int>("B") };
            var first = await Task.WhenAny(calls);
            if (input == 0)
            {
                context.SendEvent("x", "y", null);
                context.ContinueAsNew(1);
            }

            return await first;
        });
        rig.Start("0");
        rig.Run(rig.Done(1, "5"), rig.Done(0, "6"));
        Assert.Equal(WorkflowRuntimeStatus.Running, rig.Turn.Status);
        Assert.Equal([typeof(WorkflowAction.Send), typeof(WorkflowAction.CallActivity), typeof(WorkflowAction.CallActivity)], rig.Turn.Actions.Select(a => a.GetType()));
        rig.Restart().Run(rig.Done(0, "7"));
        Assert.Equal("7", rig.Turn.Output);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ContinueAsNew_InALoop_IsCutIntoTurns(bool restart)
    {
        var rig = EngineRig.Of<int, string>(async (context, input) =>
        {
            if (input < 40)
            {
                context.ContinueAsNew(input + 1);
                return "";
            }

            return await context.WaitForExternalEventAsync<string>("e") + await context.WaitForExternalEventAsync<string>("f") + input;
        });
        rig.Start("0");
        Assert.True(rig.Turn.HasMore && rig.Turn.ReplacesHistory);
        Assert.Equal(WorkflowRuntimeStatus.Running, rig.Turn.Status);
        _ = restart ? rig.Restart() : rig;
        rig.Again(rig.Event("e", "\"x\""), rig.Event("f", "\"y\""), rig.Event("f", "\"y\""), rig.Suspend());
        Assert.True(rig.Turn.HasMore);
        _ = restart ? rig.Restart() : rig;
        rig.Again(rig.Event("e", "\"x\""));
        Assert.False(rig.Turn.HasMore);
        Assert.Equal(WorkflowRuntimeStatus.Suspended, rig.Turn.Status);
        _ = restart ? rig.Restart() : rig;
        rig.Again(rig.Resume());
        while (rig.Turn.HasMore)
        {
            _ = restart ? rig.Restart() : rig;
            rig.Again();
        }

        Assert.Equal("\"xy40\"", rig.Turn.Output);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ContinueAsNew_CutIntoTurns_TakesEachMessageOnce(bool restart)
    {
        var rig = EngineRig.Of<int, string>(async (context, input) =>
        {
            if (input < 20)
            {
                context.ContinueAsNew(input + 1);
                return "";
            }

            return string.Concat(await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => context.WaitForExternalEventAsync<string>("e"))));
        });
        rig.Run(new ExecutionStarted("e1", "W", "0") { Timestamp = rig.Now }, rig.Event("e", "\"a\""), rig.Event("e", "\"a\""));
        Assert.True(rig.Turn.HasMore);
        _ = restart ? rig.Restart() : rig;
        rig.Again(rig.Event("e", "\"a\""), rig.Event("e", "\"b\""));
        Assert.Equal((WorkflowRuntimeStatus.Running, false), (rig.Turn.Status, rig.Turn.HasMore));
        _ = restart ? rig.Restart() : rig;
        rig.Again(rig.Event("e", "\"a\""), rig.Event("e", "\"b\""), rig.Event("e", "\"c\""));
        Assert.Equal("\"abc\"", rig.Turn.Output);
    }

    [Fact]
    public void ContinueAsNew_WithManyKeptMessages_KnowsThemAll()
    {
        var rig = EngineRig.Of<int, int>(async (context, input) =>
        {
            if (input == 0)
            {
                await context.CallActivityAsync("A");
            }

            if (input < 20)
            {
                context.ContinueAsNew(input + 1);
                return 0;
            }

            return (await Task.WhenAll(Enumerable.Range(0, 301).Select(_ => context.WaitForExternalEventAsync<int>("e")))).Sum();
        });
        rig.Start("0");
        HistoryEvent[] many = [.. Enumerable.Range(0, 300).Select(i => rig.Event("e", $"{i}"))];
        rig.Run(many);
        rig.Run([rig.Done(0), .. many]);
        Assert.True(rig.Turn.HasMore);
        rig.Restart().Again(many);
        Assert.Equal(WorkflowRuntimeStatus.Running, rig.Turn.Status);
        rig.Restart().Again([.. many, rig.Event("e", "150", "last")]);
        Assert.Equal("45000", rig.Turn.Output);
    }

    [Fact]
    public void ContinueAsNew_MessageOfAnEarlierExecution_IsNotTakenWithTheRest()
    {
        var rig = EngineRig.Of<int, string>(async (context, input) =>
        {
            if (input == 0)
            {
                await context.WaitForExternalEventAsync<string>("e");
                await context.CallActivityAsync("A");
            }

            if (input < 20)
            {
                context.ContinueAsNew(input + 1);
                return "";
            }

            return await context.WaitForExternalEventAsync<string>("e");
        });
        rig.Start("0");
        rig.Run(rig.Event("e", "\"a\""));
        rig.Run(rig.Done(0), rig.Event("e", "\"a\""));
        Assert.True(rig.Turn.HasMore);
        rig.Restart().Again();
        Assert.Equal(WorkflowRuntimeStatus.Running, rig.Turn.Status);
        rig.Again(rig.Event("e", "\"b\""));
        Assert.Equal("\"b\"", rig.Turn.Output);
    }

    [Fact]
    public void ScheduledStart_MessageBeforeIt_DoesNotStart()
    {
        var rig = EngineRig.Of<int, string>((context, _) => context.WaitForExternalEventAsync<string>("e"));
        var at = rig.Now.AddHours(1);
        rig.Run(new ExecutionStarted("e1", "W", null) { Timestamp = rig.Now, ScheduledStart = at }, rig.Event("e", "\"x\""));
        Assert.Equal(WorkflowRuntimeStatus.Pending, rig.Turn.Status);
        Assert.Equal(new WorkflowAction.SetTimer(-1, at), rig.Only<WorkflowAction.SetTimer>());
        rig.Restart().Run(rig.Event("f"));
        Assert.Equal(WorkflowRuntimeStatus.Pending, rig.Turn.Status);
        Assert.Empty(rig.Turn.Actions);
        rig.Restart().Run(rig.Fired(-1), rig.Fired(-1));
        Assert.Equal("\"x\"", rig.Turn.Output);
    }

    [Fact]
    public void ScheduledStart_InTime_StartsAtOnce()
    {
        var rig = EngineRig.Of<int, int>((_, input) => Task.FromResult(input));
        rig.Start("4", at: rig.Now);
        Assert.Equal("4", rig.Turn.Output);
    }
}
