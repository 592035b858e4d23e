using System.Globalization;
using Serverless.Components.Workflows;
using Serverless.Components.Workflows.Instances;

namespace Serverless.Tests.Components.Workflows.Execution;

/// <summary>Figures on this machine: a tool for whoever tunes the engine, no gate.</summary>
public sealed class ThroughputTests(ITestOutputHelper output)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory(Explicit = true)]
    [InlineData("Chain", "5", 350, 5000)]
    [InlineData("FanOut", "10", 110, 3000)]
    [InlineData("Sleep", "1000", 10_000, 10_000)]
    [InlineData("Nothing", "1", 350, 10_000)]
    public async Task Workflows_Many_PerSecond(string name, string input, int concurrent, int count)
    {
        await using var rig = new RuntimeRig { Heartbeat = TimeSpan.FromSeconds(5) };
        await using var runtime = await rig.OpenAsync();
        await RunAsync(rig, runtime.Engine, name, input, concurrent, concurrent, "warm");
        var before = GC.GetTotalAllocatedBytes();
        var begun = TimeProvider.System.GetTimestamp();
        await RunAsync(rig, runtime.Engine, name, input, concurrent, count, "run");
        var seconds = TimeProvider.System.GetElapsedTime(begun).TotalSeconds;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {count / seconds:F0} workflows/s, {(GC.GetTotalAllocatedBytes() - before) / count / 1024} KiB each"));
    }

    private static async Task RunAsync(RuntimeRig rig, IWorkflowEngine engine, string name, string input, int concurrent, int count, string prefix)
    {
        var next = 0;
        await Task.WhenAll(Enumerable.Range(0, concurrent).Select(_ => Task.Run(
            async () =>
            {
                for (var i = Interlocked.Increment(ref next); i <= count; i = Interlocked.Increment(ref next))
                {
                    await rig.StartAsync($"{prefix}-{name}-{i}", name, input, engine);
                    while (await engine.GetAsync($"{prefix}-{name}-{i}", Cancellation) is not { Status: WorkflowRuntimeStatus.Completed })
                    {
                        await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Cancellation);
                    }
                }
            },
            Cancellation)));
    }
}
