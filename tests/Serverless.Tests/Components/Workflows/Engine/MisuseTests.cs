using Serverless.Components.Workflows;
using Serverless.Components.Workflows.Engine;
using Serverless.Components.Workflows.History;

namespace Serverless.Tests.Components.Workflows.Engine;

public sealed class MisuseTests
{
    [Theory]
    [InlineData("other", "recorded is activity 'A' (action 0), attempted is activity 'B' (action 0)")]
    [InlineData("timer", "recorded is activity 'A' (action 0), attempted is timer (action 0)")]
    [InlineData("nothing", "recorded is activity 'A' (action 0), attempted is nothing")]
    [InlineData("end", "recorded is activity 'A' (action 0), attempted is its end")]
    [InlineData("more", "recorded is nothing, attempted is activity 'A2' (action 1)")]
    [InlineData("throw", "recorded is activity 'A' (action 0), attempted is its failure with 'changed'")]
    public void ChangedCode_FailsAndNamesBoth(string change, string expected)
    {
        var changed = false;
        var rig = EngineRig.Of<int, int>(async (context, _) =>
        {
            switch (changed ? change : "")
            {
                case "other":
                    return await context.CallActivityAsync<int>("B");
                case "timer":
                    await context.CreateTimer(TimeSpan.FromSeconds(1));
                    return 0;
                case "nothing":
                    return await context.WaitForExternalEventAsync<int>("e");
                case "end":
                    return 1;
                case "throw":
                    throw new IOException("changed");
                case "more":
                    var first = context.CallActivityAsync<int>("A");
                    await context.CallActivityAsync<int>("A2");
                    return await first;
                default:
                    return await context.CallActivityAsync<int>("A");
            }
        });
        rig.Start(parent: new ParentLink("p", "pe", 1));
        changed = true;
        rig.Restart().Run(rig.Done(0, "1"));
        Assert.Equal(WorkflowRuntimeStatus.Failed, rig.Turn.Status);
        Assert.Equal("WorkflowNonDeterminism", rig.Turn.Failure!.ErrorType);
        Assert.Contains(expected, rig.Turn.Failure.ErrorMessage, StringComparison.Ordinal);
        Assert.Contains("'W'", rig.Turn.Failure.ErrorMessage, StringComparison.Ordinal);
        Assert.Equal([typeof(TurnStarted), typeof(ExecutionCompleted)], rig.Turn.Events.Select(e => e.GetType()));
        Assert.IsType<ChildFailed>(rig.Only<WorkflowAction.Send>().Message);
    }

    [Fact]
    public void ChangedCode_ThatEndsWhereItWaited_FailsAndSaysSo()
    {
        var changed = false;
        var rig = EngineRig.Of<int, int>((context, _) => changed ? Task.FromResult(1) : context.WaitForExternalEventAsync<int>("e"));
        rig.Start();
        changed = true;
        rig.Restart().Run(rig.Event("e", "2"));
        Assert.Equal("WorkflowNonDeterminism", rig.Turn.Failure?.ErrorType);
        Assert.Contains("recorded is that it goes on, attempted is its end", rig.Turn.Failure!.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ForeignAwait_Each_FailsTheWorkflow()
    {
        var never = new TaskCompletionSource();
        foreach (var foreign in (Func<Task>[])[() => never.Task, () => Task.Delay(TimeSpan.FromDays(1), TimeProvider.System), () => Task.Run(() => never.Task)])
        {
            var rig = EngineRig.Of<int, int>(async (context, _) =>
            {
                await context.CallActivityAsync("A");
                await foreign();
                return 1;
            });
            rig.Start();
            rig.Run(rig.Done(0));
            Assert.Equal("WorkflowForeignAwait", rig.Turn.Failure?.ErrorType);
        }

        await Task.CompletedTask;
    }

    [Fact]
    public async Task ForeignAwait_BesideAnOpenTask_FailsWhenItShows()
    {
        var foreign = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var rig = EngineRig.Of<int, int>(async (context, _) =>
        {
            var call = context.CallActivityAsync<int>("A");
            await foreign.Task;
            return await call;
        });
        rig.Start();
        Assert.Equal(WorkflowRuntimeStatus.Running, rig.Turn.Status);
        await Task.Run(foreign.SetResult, TestContext.Current.CancellationToken);
        rig.Run(rig.Event("x"));
        Assert.Equal("WorkflowForeignAwait", rig.Turn.Failure?.ErrorType);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ConfigureAwait_AnyWay_StaysOnTheThread(bool captured)
    {
        var threads = new HashSet<int>();
        var rig = EngineRig.Of<int, string>(async (context, _) =>
        {
            var all = await Task.WhenAll(One("A"), One("B")).ConfigureAwait(captured);
            if (captured)
            {
                await Task.Yield();
            }

            await Task.WhenAny(context.CreateTimer(TimeSpan.FromSeconds(1)), context.WaitForExternalEventAsync<int>("e")).ConfigureAwait(captured);
            threads.Add(Environment.CurrentManagedThreadId);
            return string.Concat(all);

            async Task<string> One(string name)
            {
                var result = await context.CallActivityAsync<string>(name).ConfigureAwait(captured);
                threads.Add(Environment.CurrentManagedThreadId);
                return result + await context.CallActivityAsync<string>(name).ConfigureAwait(captured);
            }
        });
        rig.Start();
        rig.Run(rig.Done(1, "\"b\""), rig.Done(0, "\"a\""));
        rig.Run(rig.Done(3, "\"2\""), rig.Done(2, "\"1\""));
        rig.Run(rig.Fired(4));
        Assert.Equal((WorkflowRuntimeStatus.Completed, "\"a2b1\""), (rig.Turn.Status, rig.Turn.Output));
        Assert.Equal([Environment.CurrentManagedThreadId], threads);
    }

    [Fact]
    public void Actions_WithoutEnd_FailTheWorkflow()
    {
        var rig = EngineRig.Of<int, int>(async (context, _) =>
        {
            await context.CallActivityAsync("A");
            while (true)
            {
                context.SendEvent("x", "y", null);
            }
        });
        rig.Start();
        rig.Run(rig.Done(0));
        Assert.Equal("WorkflowActionLimit", rig.Turn.Failure?.ErrorType);
        Assert.Empty(rig.Turn.Actions);
        Assert.Equal(3, rig.Turn.Events.Count);
    }

    [Fact]
    public void Input_OfAnUnknownType_FailsAndSaysWhatToDo()
    {
        var rig = EngineRig.Of<int, int>((context, _) => context.CallActivityAsync<int>("A", new Unknown(1)));
        rig.Start();
        Assert.Equal("System.NotSupportedException", rig.Turn.Failure?.ErrorType);
        Assert.Contains("UseJson", rig.Turn.Failure!.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public void Code_ThatThrowsInAMethodWithoutTask_FailsTheWorkflow()
    {
        var rig = EngineRig.Of<int, int>((context, _) =>
        {
            Fire(context);
            return context.CallActivityAsync<int>("A");
        });
        rig.Start();
        Assert.Equal(WorkflowRuntimeStatus.Running, rig.Turn.Status);
        rig.Run(rig.Event("e"));
        Assert.Equal(("System.IO.IOException", "stray"), (rig.Turn.Failure?.ErrorType, rig.Turn.Failure?.ErrorMessage));

#pragma warning disable VSTHRD100 // What is tested.
        static async void Fire(WorkflowContext context)
#pragma warning restore VSTHRD100
        {
            await context.WaitForExternalEventAsync<int>("e");
            throw new IOException("stray");
        }
    }

    [Fact]
    public void Advance_WithWhatDoesNotArrive_IsRefused()
    {
        var rig = EngineRig.Of<int, int>((context, _) => context.CallActivityAsync<int>("A"));
        rig.Start();
        Assert.Throws<ArgumentException>(() => rig.Run(new TaskScheduled(1, "A", null) { Timestamp = rig.Now }));
    }

    [Fact]
    public void Workflow_NoMoreRegistered_Fails()
    {
        var rig = EngineRig.Of<int, int>((context, _) => context.CallActivityAsync<int>("A"));
        rig.Start();
        var other = new EngineRig(new WorkflowCatalog(), history: rig.History);
        other.Run(other.Done(0, "1"));
        Assert.Equal("OrchestratorTaskNotFound", other.Turn.Failure?.ErrorType);
    }

    [Fact]
    public void SynchronizationContext_OfTheCaller_IsUntouched()
    {
        var own = new SynchronizationContext();
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(own);
        try
        {
            var rig = EngineRig.Of<int, int>((context, _) => context.CallActivityAsync<int>("A"));
            rig.Start();
            rig.Restart();
            Assert.Same(own, SynchronizationContext.Current);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    [Fact]
    public void Ambient_ValuesOfTheCaller_AreNotSeenAndNotChanged()
    {
        var ambient = new AsyncLocal<string?> { Value = "caller" };
        var seen = new List<string?>();
        var rig = EngineRig.Of<int, int>(async (context, _) =>
        {
            seen.Add(ambient.Value);
            ambient.Value = "code";
            await context.CallActivityAsync("A");
            seen.Add(ambient.Value);
            return 0;
        });
        rig.Start();
        ambient.Value = "other caller";
        rig.Run(rig.Done(0));
        Assert.Equal([null, "code"], seen);
        Assert.Equal("other caller", ambient.Value);
    }

    private sealed record Unknown(int Value);
}
