using Serverless.Components.Workflows;
using Serverless.Components.Workflows.Execution;
using Serverless.Components.Workflows.Storage;

namespace Serverless.Tests.Components.Workflows.Execution;

/// <summary>Runtimes that are rung for, as behind the Functions host.</summary>
public sealed class HostedRuntimeTests : IAsyncLifetime
{
    private readonly RuntimeRig _rig = new();
    private readonly HostedQueues _queues = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _queues.DisposeAsync();
        await _rig.DisposeAsync();
    }

    [Theory]
    [InlineData("Everything", "1", "7")]
    [InlineData("FanOut", "100", "5050")]
    [InlineData("Sleep", "1500", "\"awake\"")]
    [InlineData("Spin", "100", "0")]
    [InlineData("Large", "200000", "200000")]
    public async Task Workflow_OnTwoInstances_Completes(string name, string input, string output)
    {
        _queues.Serve(await OpenAsync());
        _queues.Serve(await OpenAsync());
        await _rig.StartAsync("w", name, input);
        Assert.Equal(output, await _rig.OutputAsync("w"));
        await RuntimeRig.CheckHistoryAsync("w", _rig.Engine);
    }

    [Fact]
    public async Task FanIn_OverFourInstances_LosesNothing()
    {
        for (var i = 0; i < 4; i++)
        {
            _queues.Serve(await OpenAsync());
        }

        await _rig.StartAsync("w", "FanOut", "500");
        Assert.Equal("125250", await _rig.OutputAsync("w"));
        await RuntimeRig.CheckHistoryAsync("w", _rig.Engine);
    }

    [Fact]
    public async Task Doorbell_ThatWasLost_IsSentAgainByTheSweep()
    {
        var runtime = await OpenAsync();
        _queues.Serve(runtime);
        _queues.Loses = true;
        await _rig.StartAsync("w", "Chain", "2");
        _queues.Loses = false;
        while ((await _rig.Engine.GetAsync("w", Cancellation))!.Status != WorkflowRuntimeStatus.Completed)
        {
            await runtime.SweepAsync(Cancellation);
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancellation);
        }

        Assert.Equal("2", await _rig.OutputAsync("w"));
    }

    [Fact]
    public async Task Instance_ThatDies_IsFoundByTheSweepOfAnother()
    {
        FaultyStore? store = null;
        var doomed = await OpenAsync(inner => store = new FaultyStore(inner));
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _rig.Catalog
            .AddActivity<int, int>("Slow", async (context, value) =>
            {
                if (begun.TrySetResult())
                {
                    await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.CancellationToken);
                }

                return value;
            })
            .AddWorkflow<int, int>("Slow", async (context, value) => await context.CallActivityAsync<int>("Slow", value));
        _queues.Serve(doomed);
        await _rig.StartAsync("w", "Slow", "1");
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System, Cancellation);
        store!.Kill();
        var other = await OpenAsync();
        _queues.Serve(other);
        while ((await other.Engine.GetAsync("w", Cancellation))!.Status != WorkflowRuntimeStatus.Completed)
        {
            await other.SweepAsync(Cancellation);
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancellation);
        }
    }

    [Fact]
    public async Task Fail_WhatTheQueueGaveUpOn_FailsItsWorkflowAndTellsItsParent()
    {
        var runtime = await OpenAsync();
        _rig.Catalog.AddWorkflow<int, string>("Asks", async (context, _) =>
        {
            try
            {
                return await context.CallChildWorkflowAsync<string>("Await", "never");
            }
            catch (WorkflowTaskFailedException failed)
            {
                return failed.FailureDetails.ErrorMessage;
            }
        });
        _queues.Serve(runtime);
        await _rig.StartAsync("w", "Asks", "1");
        await _rig.WhenAsync("w:0000", state => state.Status == WorkflowRuntimeStatus.Running);
        await _rig.Engine.RaiseEventAsync("nobody", "x", "1", Cancellation);
        _queues.Loses = true;
        await _rig.Engine.RaiseEventAsync("w:0000", "other", "1", Cancellation);
        _queues.Loses = false;
        var doorbell = new Serverless.Components.Workflows.Dispatch.WorkflowDoorbell("app", "w:0000", "turn", false, TimeProvider.System.GetUtcNow());
        await runtime.FailAsync(doorbell, "five times in vain", Cancellation);
        await runtime.FailAsync(doorbell, "five times in vain", Cancellation);
        var state = await _rig.EndAsync("w:0000");
        Assert.Equal((WorkflowRuntimeStatus.Failed, "five times in vain"), (state.Status, state.Failure!.ErrorMessage));
        Assert.Contains("five times in vain", await _rig.OutputAsync("w"), StringComparison.Ordinal);
        Assert.Equal("ExecutionCompleted", (await _rig.Engine.GetHistoryAsync("w:0000", Cancellation))![^1].Type);
    }

    [Fact]
    public async Task Timer_ThatFiresAMomentEarly_EndsItsInvocation()
    {
        _rig.Time = new EagerTime();
        _queues.Serve(await OpenAsync());
        await _rig.StartAsync("w", "Sleep", "700");
        Assert.Equal("\"awake\"", await _rig.OutputAsync("w"));
        await WhenIdleAsync();
    }

    [Fact]
    public async Task Activity_WhoseInputCantBeRead_IsRungForAgain()
    {
        var reads = 0;
        _rig.Catalog.AddWorkflow<int, int>("Long", async (context, length) => await context.CallActivityAsync<int>("Measure", new string('x', length)));
        _queues.Serve(await OpenAsync(Failing("GetPayload", () => ++reads == 1)));
        await _rig.StartAsync("w", "Long", "100000");
        Assert.Equal("100000", await _rig.OutputAsync("w"));
        await WhenIdleAsync();
    }

    [Fact]
    public async Task WorkRungForAgain_WhileTheStoreRefuses_IsNoDeath()
    {
        var refuses = true;
        var runtime = await OpenAsync(Failing("Commit", () => refuses));
        _queues.Loses = true;
        await _rig.StartAsync("w", "Nothing", "1");
        var doorbell = new Serverless.Components.Workflows.Dispatch.WorkflowDoorbell("app", "w", "turn", false, TimeProvider.System.GetUtcNow()) { IsRepeated = true };
        for (var i = 0; i < 10; i++)
        {
            await Assert.ThrowsAsync<WorkflowStoreException>(async () => await runtime.AnswerAsync(doorbell, Cancellation));
        }

        refuses = false;
        await runtime.AnswerAsync(doorbell, Cancellation);
        Assert.Equal("1", await _rig.OutputAsync("w"));
    }

    private static Func<IWorkflowStore, IWorkflowStore> Failing(string call, Func<bool> fails) => inner => new FaultyStore(inner)
    {
        Called = (_, name) =>
        {
            if (name == call && fails())
            {
                throw new WorkflowStoreException($"{name} is refused");
            }
        },
    };

    private async Task WhenIdleAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(20));
        while (_queues.Answering > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, limit.Token);
        }
    }

    private Task<WorkflowRuntime> OpenAsync(Func<IWorkflowStore, IWorkflowStore>? wrap = null) =>
        _rig.OpenAsync(wrap, _rig.Options() with { Dispatcher = _queues });
}
