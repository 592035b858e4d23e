using System.Collections.Concurrent;
using Serverless.Components.Registry.Resources;
using Serverless.Components.Workflows;
using Serverless.Components.Workflows.Execution;
using Serverless.Components.Workflows.Instances;

namespace Serverless.Tests.Components.Workflows.Execution;

/// <summary>Several processes on one store.</summary>
public sealed class CompetitionTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Processes_Two_FinishEverythingOnce()
    {
        await using var rig = new RuntimeRig { Heartbeat = TimeSpan.FromSeconds(5) };
        WorkflowRuntime[] runtimes = [await rig.OpenAsync(), await rig.OpenAsync()];
        await Parallel.ForEachAsync(Enumerable.Range(0, 100), Cancellation, async (i, _) =>
        {
            await rig.StartAsync($"w{i}", i % 2 == 0 ? "Everything" : "FanOut", i % 2 == 0 ? "1" : "20", runtimes[i % 2].Engine);
            Assert.Equal(i % 2 == 0 ? "7" : "210", await rig.OutputAsync($"w{i}", runtimes[(i + 1) % 2].Engine));
            await RuntimeRig.CheckHistoryAsync($"w{i}", runtimes[0].Engine);
        });
    }

    [Fact]
    public async Task Events_ThroughTwoProcesses_AllArriveOnce()
    {
        await using var rig = new RuntimeRig { Heartbeat = TimeSpan.FromSeconds(5) };
        WorkflowRuntime[] runtimes = [await rig.OpenAsync(), await rig.OpenAsync()];
        await rig.StartAsync("w", "Receiver", "200");
        await Parallel.ForEachAsync(Enumerable.Range(0, 200), Cancellation, async (i, token) =>
            await runtimes[i % 2].Engine.RaiseEventAsync("w", "number", i.ToString(System.Globalization.CultureInfo.InvariantCulture), token));
        var got = (await rig.OutputAsync("w"))!.Trim('[', ']').Split(',').Select(int.Parse);
        Assert.Equal(Enumerable.Range(0, 200), got.Order());
    }

    [Fact]
    public async Task FanOut_WiderThanAProcessTakes_IsSharedWithOthers()
    {
        var ran = new ConcurrentDictionary<string, int>();
        await using var rig = new RuntimeRig { Heartbeat = TimeSpan.FromSeconds(5), Settings = new WorkflowConfiguration { MaxActivities = 2 } };
        var runtimes = new List<WorkflowRuntime>();
        for (var i = 0; i < 4; i++)
        {
            var name = $"process{i}";
            var catalog = new WorkflowCatalog()
                .AddActivity<int, int>("Count", async (_, value) =>
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Cancellation);
                    ran.AddOrUpdate(name, 1, static (_, count) => count + 1);
                    return value;
                })
                .AddWorkflow<int, int>("Count", async (context, width) => (await Task.WhenAll(Enumerable.Range(0, width).Select(_ => context.CallActivityAsync<int>("Count", 1)))).Sum());
            runtimes.Add(await rig.OpenAsync(options: rig.Options(catalog)));
        }

        await rig.StartAsync("w", "Count", "500");
        Assert.Equal("500", await rig.OutputAsync("w"));
        await RuntimeRig.CheckHistoryAsync("w", rig.Engine);
        Assert.Equal(4, ran.Count);
    }

    [Fact]
    public async Task Session_ThatExpired_LosesItsWorkAndItsResult()
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var rig = new RuntimeRig { Heartbeat = TimeSpan.FromMilliseconds(200) };
        FaultyStore? store = null;
        var first = await rig.OpenAsync(inner => store = new FaultyStore(inner), rig.Options(Slow("first", begun, cancelled)));
        await rig.StartAsync("w", "Slow", "1", first.Engine);
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System, Cancellation);
        store!.Kill();
        var second = await rig.OpenAsync(options: rig.Options(Slow("second", new(), null)));
        Assert.Equal("\"second\"", await rig.OutputAsync("w", second.Engine));
        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System, Cancellation);
    }

    [Fact]
    public async Task Store_GoneForAWhile_LosesNothing()
    {
        await using var rig = new RuntimeRig { Heartbeat = TimeSpan.FromMilliseconds(200) };
        FaultyStore? store = null;
        var runtime = await rig.OpenAsync(inner => store = new FaultyStore(inner));
        for (var i = 0; i < 20; i++)
        {
            await rig.StartAsync($"w{i}", "Everything", "2");
        }

        store!.IsAsleep = true;
        await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System, Cancellation);
        store.IsAsleep = false;
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal("7", await rig.OutputAsync($"w{i}", runtime.Engine));
        }
    }

    private static WorkflowCatalog Slow(string name, TaskCompletionSource begun, TaskCompletionSource? waitsForever) => new WorkflowCatalog()
        .AddWorkflow<int, string>("Slow", async (context, value) => await context.CallActivityAsync<string>("Slow", value))
        .AddActivity<int, string>("Slow", async (context, _) =>
        {
            begun.TrySetResult();
            if (waitsForever is not null)
            {
                await using var cancelled = context.CancellationToken.UnsafeRegister(_ => waitsForever.TrySetResult(), null);
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.CancellationToken);
            }

            return name;
        });

    [Fact]
    public async Task Child_WhoseParentIsTerminatedByAnotherProcessBeforeItStarts_IsTerminated()
    {
        using var told = new ManualResetEventSlim();
        using var begins = new ManualResetEventSlim();
        var creations = 0;
        await using var rig = new RuntimeRig { Heartbeat = TimeSpan.FromSeconds(5) };
        var slow = await rig.OpenAsync(store => new FaultyStore(store)
        {
            Called = (_, name) =>
            {
                if (name == "Create" && ++creations == 2)
                {
                    begins.Set();
                    told.Wait(TimeSpan.FromSeconds(20), Cancellation);
                }
            },
        });
        await rig.StartAsync("w", "Guardian", "1", slow.Engine);
        Assert.True(begins.Wait(TimeSpan.FromSeconds(20), Cancellation));

        // It completes a message once that has been brought: nobody was there to take it.
        var other = await rig.OpenAsync(store => new FaultyStore(store)
        {
            Called = (_, name) =>
            {
                if (name == "Complete")
                {
                    told.Set();
                }
            },
        });
        Assert.Equal(WorkflowOutcome.Done, await other.Engine.ControlAsync("w", WorkflowControl.Terminate, Cancellation));
        Assert.Equal(WorkflowRuntimeStatus.Terminated, (await rig.EndAsync("w")).Status);
        Assert.True(told.Wait(TimeSpan.FromSeconds(20), Cancellation));
        Assert.Equal(WorkflowRuntimeStatus.Terminated, (await rig.EndAsync("w:0000")).Status);
    }
}
