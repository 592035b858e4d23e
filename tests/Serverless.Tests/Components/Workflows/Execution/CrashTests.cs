using Serverless.Components.Workflows.Execution;

namespace Serverless.Tests.Components.Workflows.Execution;

/// <summary>A process that dies, or hears nothing of the store, before and after each of its calls: every workflow ends as if nothing had happened.</summary>
public sealed class CrashTests
{
    private const int AtATime = 8;
    private static readonly TimeSpan Heartbeat = TimeSpan.FromMilliseconds(300);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Everything", "1", "7", true)]
    [InlineData("Everything", "1", "7", false)]
    [InlineData("Large", "100000", "100000", true)]
    [InlineData("Large", "100000", "100000", false)]
    public async Task Process_KilledAtAnyCall_IsTakenOver(string workflow, string input, string output, bool afterwards)
    {
        var calls = await CountAsync(workflow, input);
        await Parallel.ForEachAsync(
            Enumerable.Range(2, calls),
            new ParallelOptions { MaxDegreeOfParallelism = AtATime, CancellationToken = Cancellation },
            async (call, _) =>
            {
                await using var rig = new RuntimeRig { Heartbeat = Heartbeat };
                FaultyStore? store = null;
                var first = await rig.OpenAsync(inner => store = new FaultyStore(inner) { FailsAt = call, FailsAfterwards = afterwards, Dies = true });
                var isStarted = await RuntimeRig.TryStartAsync(first.Engine, "w", workflow, input);
                var second = await rig.OpenAsync();
                if (!isStarted)
                {
                    Assert.True(await RuntimeRig.TryStartAsync(second.Engine, "w", workflow, input));
                }

                await FinishAsync(rig, second, output, call);
            });
    }

    [Theory]
    [InlineData("Everything", "1", "7", true)]
    [InlineData("Everything", "1", "7", false)]
    [InlineData("Large", "100000", "100000", true)]
    [InlineData("Large", "100000", "100000", false)]
    public async Task Store_WithoutAnswerToAnyCall_IsAskedAgain(string workflow, string input, string output, bool afterwards)
    {
        var calls = await CountAsync(workflow, input);
        await Parallel.ForEachAsync(
            Enumerable.Range(2, calls),
            new ParallelOptions { MaxDegreeOfParallelism = AtATime, CancellationToken = Cancellation },
            async (call, _) =>
            {
                await using var rig = new RuntimeRig { Heartbeat = Heartbeat };
                var runtime = await rig.OpenAsync(inner => new FaultyStore(inner) { FailsAt = call, FailsAfterwards = afterwards });
                while (!await RuntimeRig.TryStartAsync(runtime.Engine, "w", workflow, input))
                {
                }

                await FinishAsync(rig, runtime, output, call);
            });
    }

    private static async Task<int> CountAsync(string workflow, string input)
    {
        await using var rig = new RuntimeRig { Heartbeat = TimeSpan.FromSeconds(10) };
        FaultyStore? store = null;
        var runtime = await rig.OpenAsync(inner => store = new FaultyStore(inner));
        await rig.StartAsync("w", workflow, input);
        await rig.WhenAsync("w", state => RuntimeRig.HasEnded(state.Status));
        return store!.Calls;
    }

    private static async Task FinishAsync(RuntimeRig rig, WorkflowRuntime runtime, string output, int call)
    {
        try
        {
            while (true)
            {
                try
                {
                    Assert.Equal(output, await rig.OutputAsync("w", runtime.Engine));
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
