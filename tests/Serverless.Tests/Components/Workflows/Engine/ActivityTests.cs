using Serverless.Components.Workflows;
using Serverless.Components.Workflows.Engine;
using Serverless.Components.Workflows.History;

namespace Serverless.Tests.Components.Workflows.Engine;

public sealed class ActivityTests
{
    [Fact]
    public void Sequence_EachAnswer_BringsTheNextCall()
    {
        var rig = EngineRig.Of<int, int>(async (context, input) =>
        {
            var one = await context.CallActivityAsync<int>("Add", input);
            var two = await context.CallActivityAsync<int>("Add", one);
            return two * 10;
        });

        rig.Start("5");
        Assert.Equal(new WorkflowAction.CallActivity(0, "Add", "5"), rig.Only<WorkflowAction.CallActivity>());
        Assert.Equal(WorkflowRuntimeStatus.Running, rig.Turn.Status);
        Assert.Equal([typeof(TurnStarted), typeof(ExecutionStarted), typeof(TaskScheduled)], rig.Turn.Events.Select(e => e.GetType()));

        rig.Restart().Run(rig.Done(0, "6"));
        Assert.Equal(new WorkflowAction.CallActivity(1, "Add", "6"), rig.Only<WorkflowAction.CallActivity>());

        rig.Run(rig.Done(1, "7"));
        Assert.Empty(rig.Turn.Actions);
        Assert.Equal(WorkflowRuntimeStatus.Completed, rig.Turn.Status);
        Assert.Equal("70", rig.Turn.Output);
        Assert.IsType<ExecutionCompleted>(rig.History[^1]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void FanOut_AnswersInAnyOrder_AreJoined(bool restart)
    {
        var rig = EngineRig.Of<int, string>(async (context, input) =>
        {
            var all = await Task.WhenAll(Enumerable.Range(0, input).Select(i => context.CallActivityAsync<int>("Square", i)));
            return string.Join(',', all);
        });

        rig.Start("4");
        Assert.Equal(4, rig.Turn.Actions.Count);
        foreach (var task in (int[])[2, 0, 3, 1])
        {
            _ = restart ? rig.Restart() : rig;
            Assert.Equal(WorkflowRuntimeStatus.Running, rig.Turn.Status);
            rig.Run(rig.Done(task, $"{task * task}"));
        }

        Assert.Equal("\"0,1,4,9\"", rig.Turn.Output);
    }

    [Fact]
    public void Answer_RepeatedOrUnknown_LeavesNoTrace()
    {
        var rig = EngineRig.Of<int, int>(async (context, _) =>
        {
            await context.CallActivityAsync("A");
            await context.CallActivityAsync("B");
            return 1;
        });
        rig.Start();
        rig.Run(rig.Done(0), rig.Done(0), rig.Fired(1), rig.ChildDone(1), rig.Done(9));
        Assert.Equal([typeof(TurnStarted), typeof(TaskCompleted), typeof(TaskScheduled)], rig.Turn.Events.Select(e => e.GetType()));
        rig.Run(rig.Done(0), rig.Failed(0));
        Assert.Empty(rig.Turn.Events);
        Assert.Equal(WorkflowRuntimeStatus.Running, rig.Turn.Status);
        rig.Run(rig.Done(1));
        Assert.Equal(WorkflowRuntimeStatus.Completed, rig.Turn.Status);
        rig.Run(rig.Done(1), rig.Event("x"), rig.Terminate());
        Assert.Empty(rig.Turn.Events);
        Assert.Equal(WorkflowRuntimeStatus.Completed, rig.Turn.Status);
    }

    [Fact]
    public void Failure_Caught_ShowsItsDetails()
    {
        var rig = EngineRig.Of<int, string>(async (context, _) =>
        {
            try
            {
                await context.CallActivityAsync<int>("A");
                return "no";
            }
            catch (WorkflowTaskFailedException e)
            {
                return $"{e.FailureDetails.ErrorMessage} {e.FailureDetails.IsCausedBy<InvalidOperationException>()} {e.FailureDetails.IsCausedBy<SystemException>()} {e.FailureDetails.IsCausedBy<IOException>()}";
            }
        });
        rig.Start();
        rig.Run(rig.Failed(0, "out of ink"));
        Assert.Equal("\"out of ink True True False\"", rig.Turn.Output);
    }

    [Fact]
    public void Failure_NotCaught_FailsTheWorkflowWithItsCause()
    {
        var rig = EngineRig.Of<int, int>((context, _) => context.CallActivityAsync<int>("A"));
        rig.Start();
        rig.Run(rig.Failed(0, "out of ink"));
        Assert.Equal(WorkflowRuntimeStatus.Failed, rig.Turn.Status);
        Assert.Equal(typeof(WorkflowTaskFailedException).FullName, rig.Turn.Failure!.ErrorType);
        Assert.Equal("Task 'A' (#0) failed with an unhandled exception: out of ink", rig.Turn.Failure.ErrorMessage);
        Assert.Equal("out of ink", rig.Turn.Failure.InnerFailure!.ErrorMessage);
        Assert.Null(rig.Turn.Output);
    }

    [Fact]
    public void Result_NotOfTheType_IsSeenAtTheAwait()
    {
        var rig = EngineRig.Of<int, int>((context, _) => context.CallActivityAsync<int>("A"));
        rig.Start();
        rig.Run(rig.Done(0, "\"text\""));
        Assert.Equal(WorkflowRuntimeStatus.Failed, rig.Turn.Status);
        Assert.Equal("System.Text.Json.JsonException", rig.Turn.Failure!.ErrorType);
    }

    [Fact]
    public void Retry_UntilTheLastAttempt_WaitsLongerEachTime()
    {
        var policy = new WorkflowRetryPolicy(4, TimeSpan.FromSeconds(10), 2, TimeSpan.FromSeconds(25));
        var rig = EngineRig.Of<int, int>((context, _) => context.CallActivityAsync<int>("A", null, new WorkflowTaskOptions(policy)));
        rig.Start();
        var task = 0;
        foreach (var wait in (int[])[10, 20, 25])
        {
            Assert.Equal(task, rig.Only<WorkflowAction.CallActivity>().TaskId);
            rig.Restart().Run(rig.Failed(task));
            var timer = rig.Only<WorkflowAction.SetTimer>();
            Assert.Equal(rig.Now.AddSeconds(wait), timer.FireAt);
            rig.Now = timer.FireAt;
            rig.Again(rig.Fired(timer.TaskId));
            task += 2;
        }

        rig.Run(rig.Failed(task));
        Assert.Equal(WorkflowRuntimeStatus.Failed, rig.Turn.Status);
    }

    [Fact]
    public void Retry_ThatCannotHelp_IsNotMade()
    {
        var policy = new WorkflowRetryPolicy(9, TimeSpan.FromSeconds(10), retryTimeout: TimeSpan.FromSeconds(15));
        var rig = EngineRig.Of<int, int>((context, _) => context.CallActivityAsync<int>("A", null, new WorkflowTaskOptions(policy)));
        rig.Start();
        rig.Run(rig.Failed(0, isNonRetriable: true));
        Assert.Equal(WorkflowRuntimeStatus.Failed, rig.Turn.Status);

        rig = EngineRig.Of<int, int>((context, _) => context.CallActivityAsync<int>("A", null, new WorkflowTaskOptions(policy)));
        rig.Start();
        rig.Run(rig.Failed(0));
        rig.Run(rig.Fired(1));
        rig.Now += TimeSpan.FromSeconds(20);
        rig.Run(rig.Failed(2));
        Assert.Equal(WorkflowRuntimeStatus.Failed, rig.Turn.Status);
    }

    [Fact]
    public void Workflow_NotRegistered_FailsAsWithDapr()
    {
        var rig = new EngineRig(new WorkflowCatalog());
        rig.Start();
        Assert.Equal(WorkflowRuntimeStatus.Failed, rig.Turn.Status);
        Assert.Equal("OrchestratorTaskNotFound", rig.Turn.Failure!.ErrorType);
        Assert.Equal("No orchestrator task named 'W' was found.", rig.Turn.Failure.ErrorMessage);
    }
}
