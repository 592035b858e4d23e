using Serverless.Components.Workflows;
using Serverless.Components.Workflows.Engine;
using Serverless.Components.Workflows.History;

namespace Serverless.Tests.Components.Workflows.Engine;

/// <summary>Children that a workflow left behind when it continued as new.</summary>
public sealed class EarlierChildrenTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Terminate_AfterContinueAsNew_ReachesThemAll(bool restart)
    {
        var rig = EngineRig.Of<int, int>(async (context, input) =>
        {
            _ = context.CallChildWorkflowAsync("Child", null, new ChildWorkflowTaskOptions($"c{input}"));
            await context.CallChildWorkflowAsync("Child", null, new ChildWorkflowTaskOptions($"done{input}"));
            if (input < 2)
            {
                context.ContinueAsNew(input + 1);
            }

            return await context.CallActivityAsync<int>("A");
        });
        rig.Start("0");
        for (var i = 0; i < 2; i++)
        {
            _ = restart ? rig.Restart() : rig;
            rig.Run(rig.ChildDone(1));
            rig.Run(rig.Done(2));
        }

        Assert.Equal(["c0", "c1"], rig.History.OfType<ExecutionStarted>().Single().EarlierChildren);
        _ = restart ? rig.Restart() : rig;
        rig.Run(rig.Terminate());
        var sent = rig.Turn.Actions.Cast<WorkflowAction.Send>().ToList();
        Assert.Equal(["c0", "c1", "c2", "done2"], sent.Select(send => send.InstanceId));
        Assert.All(sent, send => Assert.Equal("i1", Assert.IsType<ExecutionTerminated>(send.Message).ParentId));
    }

    [Fact]
    public void Terminate_InTheTurnOfContinueAsNew_ReachesThemAfterTheirStart()
    {
        var rig = EngineRig.Of<int, int>(async (context, input) =>
        {
            _ = context.CallChildWorkflowAsync("Child");
            if (input == 0)
            {
                context.ContinueAsNew(1);
                return 0;
            }

            return await context.CallActivityAsync<int>("A");
        });
        rig.Run(new ExecutionStarted("e1", "W", "0") { Timestamp = rig.Now }, rig.Event("e"), rig.Terminate());
        Assert.Equal((WorkflowRuntimeStatus.Terminated, false), (rig.Turn.Status, rig.Turn.ReplacesHistory));

        rig = new EngineRig(rig.Catalog);
        rig.Start("0");
        Assert.Equal("i1:0000", Assert.Single(rig.History.OfType<ExecutionStarted>().Single().EarlierChildren));
        rig.Run(rig.Terminate());
        Assert.Equal(["i1:0000"], rig.Turn.Actions.Cast<WorkflowAction.Send>().Select(send => send.InstanceId));
    }

    [Fact]
    public void Children_LeftBehindForEver_AreNotAllKept()
    {
        var rig = EngineRig.Of<int, int>(async (context, input) =>
        {
            for (var i = 0; i < 10; i++)
            {
                _ = context.CallChildWorkflowAsync("Child", null, new ChildWorkflowTaskOptions($"c{(input * 10) + i}"));
            }

            if (input < 50)
            {
                context.ContinueAsNew(input + 1);
            }

            return await context.CallActivityAsync<int>("A");
        });
        rig.Start("0");
        while (rig.History.OfType<ExecutionStarted>().Single().Input != "50")
        {
            rig.Run(rig.Done(10));
        }

        var kept = rig.History.OfType<ExecutionStarted>().Single().EarlierChildren;
        Assert.Equal(128, kept.Count);
        Assert.Equal("c499", kept[^1]);
    }

    [Theory]
    [InlineData("p", true)]
    [InlineData("other", false)]
    [InlineData(null, true)]
    public void Termination_OfAParent_EndsOnlyItsChildren(string? parent, bool ends)
    {
        var rig = EngineRig.Of<int, int>(async (context, input) =>
        {
            await context.CallActivityAsync("A");
            if (input == 0)
            {
                context.ContinueAsNew(1);
            }

            return 0;
        });
        rig.Start("0", new ParentLink("p", "pe", 4));
        var termination = new ExecutionTerminated(null) { Timestamp = rig.Now, ParentId = parent };
        rig.Run(rig.Done(0), termination);
        Assert.Equal(ends ? WorkflowRuntimeStatus.Terminated : WorkflowRuntimeStatus.Running, rig.Turn.Status);
        if (!ends)
        {
            Assert.True(rig.Turn.ReplacesHistory);
            Assert.Empty(rig.Restart().Run(termination).Events);
        }
    }
}
