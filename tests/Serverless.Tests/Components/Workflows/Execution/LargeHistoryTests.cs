namespace Serverless.Tests.Components.Workflows.Execution;

/// <summary>A workflow of 10,000 events costs each turn as much as one of ten.</summary>
public sealed class LargeHistoryTests
{
    [Fact]
    public async Task Turn_OfALongHistory_ReadsNothing()
    {
        var reads = 0;
        var commits = 0;
        await using var rig = new RuntimeRig { Heartbeat = TimeSpan.FromSeconds(10) };
        await rig.OpenAsync(inner => new FaultyStore(inner)
        {
            Called = (_, name) =>
            {
                Interlocked.Add(ref reads, name is "Load" or "GetPayload" ? 1 : 0);
                Interlocked.Add(ref commits, name == "Commit" ? 1 : 0);
            },
        });
        await rig.StartAsync("w", "Chain", "3400");
        Assert.Equal("3400", await rig.OutputAsync("w"));
        Assert.InRange(reads, 0, 1);
        Assert.Equal(3401, commits);
        var history = await rig.Engine.GetHistoryAsync("w", TestContext.Current.CancellationToken);
        Assert.True(history!.Count > 10_000);
    }

    [Fact]
    public async Task Execution_NotInMemory_GoesOnFromItsHistory()
    {
        await using var rig = new RuntimeRig { Heartbeat = TimeSpan.FromMilliseconds(300) };
        FaultyStore? store = null;
        var first = await rig.OpenAsync(inner => store = new FaultyStore(inner));
        await rig.StartAsync("w", "Receiver", "600");
        for (var i = 0; i < 599; i++)
        {
            await first.Engine.RaiseEventAsync("w", "number", "1", TestContext.Current.CancellationToken);
        }

        store!.Kill();
        var second = await rig.OpenAsync();
        await second.Engine.RaiseEventAsync("w", "number", "1", TestContext.Current.CancellationToken);
        Assert.Equal(1199, (await rig.OutputAsync("w", second.Engine))!.Length - 2);
    }
}
