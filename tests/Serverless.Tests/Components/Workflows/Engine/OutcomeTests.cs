using Serverless.Components.Workflows;
using Serverless.Components.Workflows.Engine;
using Serverless.Components.Workflows.History;

namespace Serverless.Tests.Components.Workflows.Engine;

/// <summary>Ways in which code ends, the odd ones included. What is stored of each must be readable again.</summary>
public sealed class OutcomeTests
{
    [Fact]
    public void Nothing_Returned_IsNoOutput()
    {
        var rig = EngineRig.Of<object?, object?>(async (context, input) =>
        {
            await context.CallActivityAsync("A", input);
            return null;
        });
        rig.Start();
        Assert.Equal(new WorkflowAction.CallActivity(0, "A", null), rig.Only<WorkflowAction.CallActivity>());
        rig.Restart().Run(rig.Done(0));
        Assert.Equal((WorkflowRuntimeStatus.Completed, null), (rig.Turn.Status, rig.Turn.Output));
        AssertReadable(rig);
    }

    [Fact]
    public void NoTask_Returned_FailsTheWorkflow()
    {
#pragma warning disable VSTHRD114 // What is tested.
        var rig = EngineRig.Of<int, int>((_, _) => null!);
#pragma warning restore VSTHRD114
        rig.Start();
        Assert.Equal((WorkflowRuntimeStatus.Failed, "System.NullReferenceException"), (rig.Turn.Status, rig.Turn.Failure?.ErrorType));
    }

    [Fact]
    public void Input_NotOfTheType_FailsTheWorkflow()
    {
        var rig = EngineRig.Of<int, int>((_, input) => Task.FromResult(input));
        rig.Start("no JSON");
        Assert.Equal((WorkflowRuntimeStatus.Failed, "System.Text.Json.JsonException"), (rig.Turn.Status, rig.Turn.Failure?.ErrorType));
    }

    [Fact]
    public void Event_NotOfTheType_IsSeenAtTheAwaitAndTakenOnce()
    {
        var rig = EngineRig.Of<int, string>(async (context, _) =>
        {
            try
            {
                return $"{await context.WaitForExternalEventAsync<int>("e")}";
            }
            catch (System.Text.Json.JsonException)
            {
                return $"again {await context.WaitForExternalEventAsync<int>("e")}";
            }
        });
        rig.Start();
        rig.Run(rig.Event("e", "no JSON"));
        Assert.Equal(WorkflowRuntimeStatus.Running, rig.Turn.Status);
        rig.Restart().Run(rig.Event("e", "5"));
        Assert.Equal("\"again 5\"", rig.Turn.Output);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Exception_OddOne_FailsTheWorkflowReadably(int kind)
    {
        var large = new string('x', 1 << 20);
        var rig = EngineRig.Of<int, int>((_, _) => throw kind switch
        {
            0 => new IOException(large),
            1 => new IOException("half \uD800 of a pair \0"),
            2 => new OddException(null),
            _ => new OddException(() => throw new InvalidOperationException("not even that")),
        });
        rig.Start(parent: new ParentLink("p", "pe", 1));
        Assert.Equal(WorkflowRuntimeStatus.Failed, rig.Turn.Status);
        Assert.Equal(kind == 0 ? large : kind == 1 ? "half \uD800 of a pair \0" : "", rig.Turn.Failure!.ErrorMessage);
        AssertReadable(rig);
        Assert.Equal(rig.Turn.Failure, Assert.IsType<ChildFailed>(rig.Only<WorkflowAction.Send>().Message).Failure);
    }

    [Fact]
    public void ForeignAwait_BesideAKeptEvent_FailsAtOnce()
    {
        var never = new TaskCompletionSource();
        var rig = EngineRig.Of<int, int>(async (context, _) =>
        {
            await context.CallActivityAsync("A");
#pragma warning disable VSTHRD003 // What is tested.
            await never.Task;
#pragma warning restore VSTHRD003
            return 1;
        });
        rig.Start();
        rig.Run(rig.Suspend(), rig.Done(0), rig.Event("nobody waits for it"));
        rig.Restart().Run(rig.Resume());
        Assert.Equal("WorkflowForeignAwait", rig.Turn.Failure?.ErrorType);
    }

    private static void AssertReadable(EngineRig rig)
    {
        var payloads = new Dictionary<string, ReadOnlyMemory<byte>>();
        var read = HistoryCodec.Encode(rig.History, "k", payloads).SelectMany(chunk => HistoryCodec.Decode(chunk, payloads)).ToList();
        Assert.Equal(rig.History[^1], read[^1]);
        Assert.True(WorkflowExecution.Restore(rig.InstanceId, rig.Catalog, read).HasEnded);
    }

    private sealed class OddException(Func<string>? message) : Exception
    {
        public override string Message => message is null ? null! : message();
    }
}
