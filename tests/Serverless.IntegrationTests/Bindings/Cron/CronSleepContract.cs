using Serverless.Backends.Apps;

namespace Serverless.IntegrationTests.Bindings.Cron;

/// <summary>What is tried where leases can be short: a process that is paused for longer than its lease lasts.</summary>
public abstract class CronSleepContract : CronInstanceContract
{
    [Fact]
    public async Task Tick_HolderSleepsThroughItsLease_IsFiredByAnotherAndNotRecordedByTheHolder()
    {
        await using var instances = await StartAsync(2, isBusy: true);
        await instances.CalledAsync(1, Token);
        var first = instances.Calls[0];
        var holder = instances.Processes[first.Instance];

        holder.Process.Pause();
        await instances.CalledAsync(2, Token);
        Assert.Equal(1 - first.Instance, instances.Calls[1].Instance);
        holder.Process.Resume();
        Answer.SetResult(AppReply.Ok);

        // Both go on, and the sleeper has noticed.
        await instances.CalledAsync(4, Token);
        await Eventually.MustAsync(
            "the holder tells that it lost its lease",
            () => Task.FromResult(holder.Output.Text.Contains("the lease was lost meanwhile", StringComparison.Ordinal) || holder.Output.Text.Contains("was given up; it stays due", StringComparison.Ordinal)),
            TimeSpan.FromSeconds(10),
            Token);
        var tokens = instances.Calls.Select(call => call.Token).ToArray();
        Assert.Equal(tokens.Distinct().Order(), tokens);
    }
}
