using Serverless.Backends.Apps;

namespace Serverless.IntegrationTests.Bindings.Cron;

/// <summary>Three processes with one schedule: one of them fires each tick, whatever happens to them. One subclass per place for the lease.</summary>
public abstract class CronInstanceContract
{
    private const string EachSecond = "* * * * * *";

    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>How long a lease lasts in these tests, in seconds.</summary>
    private protected virtual int LeaseSeconds => 3;

    /// <summary>Documents beside the schedule's.</summary>
    private protected abstract IReadOnlyDictionary<string, string> Stores { get; }

    /// <summary>Items of the schedule that say where its lease is.</summary>
    private protected virtual (string Name, string Value)[] Place => [("leaseStore", "leases")];

    [Fact]
    public async Task Tick_AllLive_IsFiredByOne()
    {
        await using var instances = await CronInstances.StartAsync(3, Documents(EachSecond), Token);

        await instances.CalledAsync(6, Token);

        var calls = instances.Calls;
        Assert.Equal(calls.Select(call => call.Token).Distinct().Order(), calls.Select(call => call.Token));
        Assert.Equal(calls.Select(call => Second(call.At)).Distinct(), calls.Select(call => Second(call.At)));
    }

    [Fact]
    public async Task Tick_HolderIsKilledBeforeItRecorded_IsFiredByAnother()
    {
        // Far enough apart that nothing but the killed one's tick is due.
        await using var instances = await CronInstances.StartAsync(2, Documents("@every 40s"), Token);
        await AnchorAsync(instances);
    }

    private protected IReadOnlyDictionary<string, string> Documents(string schedule) => new Dictionary<string, string>(Stores)
    {
        ["tick.yaml"] = CronInstances.Cron(schedule, [.. Place, ("leaseDuration", $"{LeaseSeconds}s")]),
    };

    private static long Second(DateTimeOffset time) => time.ToUnixTimeSeconds();

    private static Task AnchorAsync(CronInstances instances) => Task.CompletedTask;
}
