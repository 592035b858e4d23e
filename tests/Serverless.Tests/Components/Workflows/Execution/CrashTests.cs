using Serverless.Components.Workflows.Execution;

namespace Serverless.Tests.Components.Workflows.Execution;

/// <summary>A process that dies, or hears nothing of the store, before and after each of its calls: every workflow ends as if nothing had happened.</summary>
public sealed class CrashTests
{
    private const int AtATime = 8;
    private static readonly TimeSpan Heartbeat = TimeSpan.FromMilliseconds(300);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Process_KilledAtAnyCall_IsTakenOver(bool afterwards)
    {
        var calls = await CountAsync();
        await Parallel.ForEachAsync(
            Enumerable.Range(2, calls),
            new ParallelOptions { MaxDegreeOfParallelism = AtATime, CancellationToken = Cancellation },
            async (call, _) =>
            {
                await using var rig = new RuntimeRig { Heartbeat = Heartbeat };
                FaultyStore? store = null;
                var first = await rig.OpenAsync(inner => store = new FaultyStore(inner) { FailsAt = call, FailsAfterwards = afterwards, Dies = true });
                var isStarted = await RuntimeRig.TryStartAsync(first.Engine, "w", "Everything", "1");
                var second = await rig.OpenAsync();
                if (!isStarted)
                {
                    Assert.True(await RuntimeRig.TryStartAsync(second.Engine, "w", "Everything", "1"));
                }

                await FinishAsync(rig, second, call);
            });
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Store_WithoutAnswerToAnyCall_IsAskedAgain(bool afterwards)
    {
        var calls = await CountAsync();
        await Parallel.ForEachAsync(
            Enumerable.Range(2, calls),
            new ParallelOptions { MaxDegreeOfParallelism = AtATime, CancellationToken = Cancellation },
            async (call, _) =>
            {
                await using var rig = new RuntimeRig { Heartbeat = Heartbeat };
                var runtime = await rig.OpenAsync(inner => new FaultyStore(inner) { FailsAt = call, FailsAfterwards = afterwards });
                while (!await RuntimeRig.TryStartAsync(runtime.Engine, "w", "Everything", "1"))
                {
                }

                await FinishAsync(rig, runtime, call);
            });
    }

    private static async Task<int> CountAsync()
    {
        await using var rig = new RuntimeRig { Heartbeat = TimeSpan.FromSeconds(10) };
        FaultyStore? store = null;
        var runtime = await rig.OpenAsync(inner => store = new FaultyStore(inner));
        await rig.StartAsync("w", "Everything", "1");
        await rig.WhenAsync("w", state => RuntimeRig.HasEnded(state.Status));
        return store!.Calls;
    }

    private static async Task FinishAsync(RuntimeRig rig, WorkflowRuntime runtime, int call)
    {
        try
        {
            while (true)
            {
                try
                {
                    Assert.Equal("7", await rig.OutputAsync("w", runtime.Engine));
                    await RuntimeRig.CheckHistoryAsync("w", runtime.Engine);
                    return;
                }
                catch (Serverless.Components.Workflows.Instances.WorkflowEngineException)
                {
                    // The question was the call that failed.
                }
            }
        }
        catch (Exception failure)
        {
            throw new InvalidOperationException($"call {call}", failure);
        }
    }
}
