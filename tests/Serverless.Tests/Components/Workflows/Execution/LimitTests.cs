using System.Collections.Concurrent;
using Serverless.Components.Registry.Resources;

namespace Serverless.Tests.Components.Workflows.Execution;

/// <summary>Limits of concurrency: within a process, by name, and of all processes.</summary>
public sealed class LimitTests
{
    private readonly ConcurrentDictionary<string, int> _now = new();
    private readonly ConcurrentDictionary<string, int> _most = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Activities_OfAProcess_StayWithinTheLimit()
    {
        await using var rig = new RuntimeRig { Settings = new WorkflowConfiguration { MaxActivities = 3 } };
        await RunAsync(rig, 1);
        Assert.Equal(3, _most["all"]);
    }

    [Fact]
    public async Task Activities_OfOneName_StayWithinItsLimitAndLeaveRoomForOthers()
    {
        await using var rig = new RuntimeRig { Settings = new WorkflowConfiguration { ActivityLimits = new Dictionary<string, int> { ["A"] = 2 } } };
        await RunAsync(rig, 1);
        Assert.Equal(2, _most["A"]);
        Assert.True(_most["B"] > 2);
    }

    [Fact]
    public async Task Activities_OfAllProcesses_StayWithinTheGlobalLimit()
    {
        await using var rig = new RuntimeRig { Heartbeat = TimeSpan.FromSeconds(10), Settings = new WorkflowConfiguration { GlobalMaxActivities = 4 } };
        await RunAsync(rig, 3);
        Assert.InRange(_most["all"], 1, 4);
    }

    [Fact]
    public async Task Turns_WithAGlobalLimit_AllComeToTheirEnd()
    {
        await using var rig = new RuntimeRig { Heartbeat = TimeSpan.FromSeconds(10), Settings = new WorkflowConfiguration { GlobalMaxWorkflows = 2, WorkflowLimits = new Dictionary<string, int> { ["Mixed"] = 1 } } };
        await RunAsync(rig, 2);
    }

    private async Task RunAsync(RuntimeRig rig, int processes)
    {
        rig.Catalog
            .AddActivity<int, int>("A", (_, value) => CountAsync("A", value))
            .AddActivity<int, int>("B", (_, value) => CountAsync("B", value))
            .AddWorkflow<int, int>("Mixed", async (context, width) =>
                (await Task.WhenAll(Enumerable.Range(0, width).Select(i => context.CallActivityAsync<int>(i % 2 == 0 ? "A" : "B", 1)))).Sum());
        for (var i = 0; i < processes; i++)
        {
            await rig.OpenAsync();
        }

        for (var i = 0; i < 3; i++)
        {
            await rig.StartAsync($"w{i}", "Mixed", "20");
        }

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal("20", await rig.OutputAsync($"w{i}"));
        }
    }

    private async Task<int> CountAsync(string name, int value)
    {
        foreach (var key in new[] { name, "all" })
        {
            var count = _now.AddOrUpdate(key, 1, static (_, now) => now + 1);
            _most.AddOrUpdate(key, count, (_, most) => Math.Max(most, count));
        }

        await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Cancellation);
        foreach (var key in new[] { name, "all" })
        {
            _now.AddOrUpdate(key, 0, static (_, now) => now - 1);
        }

        return value;
    }
}
