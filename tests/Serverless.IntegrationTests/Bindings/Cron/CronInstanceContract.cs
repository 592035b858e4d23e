using Serverless.Backends.Apps;

namespace Serverless.IntegrationTests.Bindings.Cron;

/// <summary>Processes with one schedule: one of them fires each tick, whatever happens to it. One subclass per place for the lease.</summary>
public abstract class CronInstanceContract
{
    private const string EachSecond = "* * * * * *";
    private readonly TaskCompletionSource _busy = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isBusy;

    /// <summary>What busy apps answer in the end.</summary>
    private protected TaskCompletionSource<AppReply> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>How long a lease lasts in these tests.</summary>
    private protected virtual TimeSpan Lease => TimeSpan.FromSeconds(2);

    /// <summary>Documents beside the schedule's.</summary>
    private protected virtual IReadOnlyDictionary<string, string> Stores => new Dictionary<string, string>();

    /// <summary>Items of the schedule that say where its lease is.</summary>
    private protected virtual IEnumerable<(string Name, string Value)> Place => [];

    [Fact]
    public async Task Tick_ThreeLive_IsFiredByOne_AndByAnotherWhenTheHolderIsKilledBeforeItRecords()
    {
        await using var instances = await StartAsync(3);
        await instances.CalledAsync(3, Token);
        var calls = instances.Calls;
        Assert.Equal(calls.Select(call => call.Token).Distinct().Order(), calls.Select(call => call.Token));
        Assert.DoesNotContain(0, calls.Select(call => call.Token));
        Assert.InRange(calls.Count, 3, (int)(calls[^1].At - calls[0].At).TotalSeconds + 2);

        _isBusy = true;
        await _busy.Task.WaitAsync(TimeSpan.FromSeconds(20), Token);
        calls = instances.Calls;
        var last = calls[^1];

        // Others keep away while it lives; the short leases have been renewed by then.
        await Task.Delay(TimeSpan.FromSeconds(2.5), TimeProvider.System, Token);
        Assert.Equal(calls, instances.Calls);
        await instances.Processes[last.Instance].Process.KillAsync(Token);
        var killed = TimeProvider.System.GetTimestamp();
        await EndLeaseAsync();
        await instances.CalledAsync(calls.Count + 1, Token);

        Assert.InRange(TimeProvider.System.GetElapsedTime(killed), TimeSpan.Zero, Lease + TimeSpan.FromSeconds(4));
        Assert.NotEqual(last.Instance, instances.Calls[^1].Instance);
        Assert.True(instances.Calls[^1].Token > last.Token);
    }

    /// <summary>Lets the time of a long lease be over.</summary>
    private protected virtual Task EndLeaseAsync() => Task.CompletedTask;

    private protected async Task<CronInstances> StartAsync(int count, bool isBusy = false)
    {
        _isBusy = isBusy;
        var documents = new Dictionary<string, string>(Stores) { ["tick.yaml"] = CronInstances.Cron(EachSecond, [.. Place, ("leaseDuration", $"{Lease.TotalSeconds}s")]) };
        return await CronInstances.StartAsync(count, documents, (request, _) => request.Method == "POST" && _isBusy ? WorkAsync() : Task.FromResult(AppReply.Ok), Token);
    }

    private async Task<AppReply> WorkAsync()
    {
        _busy.TrySetResult();
        return await Answer.Task;
    }
}
