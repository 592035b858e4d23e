using System.Diagnostics;
using System.Globalization;
using Serverless.Components.Workflows;
using Serverless.Components.Workflows.Storage;

namespace Serverless.Tests.Components.Workflows.Storage.Redis;

/// <summary>Wide turns and long histories.</summary>
public sealed class RedisWorkflowScaleTests : RedisWorkflowTest
{
    [Theory]
    [InlineData(1000, true)]
    [InlineData(10_000, true)]
    [InlineData(10_000, false)]
    public async Task FanOut_OfThousands_IsOneCommitAndEachResultCounts(int width, bool isOwned)
    {
        await StartAsync();
        WorkItem[] items = [.. Enumerable.Range(0, width).Select(number => Item($"a{number}", owner: isOwned ? Me : null))];
        var watch = Stopwatch.StartNew();

        await CommitAsync(await TurnAsync() with { NewWork = items });

        var committed = watch.Elapsed;
        var claimed = 0;
        while (!isOwned && claimed < width)
        {
            claimed += (await Store.ClaimAsync(new WorkClaim { Owner = Me, Now = Now, MostTurns = 0, MostActivities = 500 }, Token)).Items.Count;
        }

        var done = await Task.WhenAll(items.Select((item, number) => Store.CompleteAsync(item, Me, Message($"r{number}"), Token).AsTask()));
        Assert.All(done, Assert.True);
        var taken = new HashSet<string>();
        for (var hasMore = true; hasMore;)
        {
            var turn = await TurnAsync();
            Assert.InRange(turn.Consumed.Count, 1, LoadedWorkflow.MostMessages);
            Assert.All(turn.Consumed, message => Assert.True(taken.Add(message)));
            var result = await Store.CommitAsync(turn, Token);
            Assert.Equal(CommitOutcome.Committed, result.Outcome);
            hasMore = result.HasMore;
        }

        Assert.Equal(width, taken.Count);
        TestContext.Current.SendDiagnosticMessage($"{width} items: commit {committed.TotalMilliseconds:0} ms, all {watch.Elapsed.TotalMilliseconds:0} ms");
        await VerifyAsync();
    }

    [Fact]
    public async Task End_WithTenThousandItems_LeavesNone()
    {
        await StartAsync([.. Enumerable.Range(0, 10_000).Select(number => Item($"a{number}", (WorkKind)(1 + (number % 2)), number % 3 == 0 ? Me : null))]);
        var turn = await TurnAsync();

        await CommitAsync(turn with { Record = turn.Record with { Status = WorkflowRuntimeStatus.Terminated }, Ends = true });

        Assert.DoesNotContain("{app||workflow||0}w:order-1", await KeysAsync());
        await VerifyAsync();
    }

    [Fact]
    public async Task Load_OfLongHistory_ReadsOnlyWhatIsNew()
    {
        await StartAsync();
        var record = (await Store.FindAsync(Id, Token))!;
        var chunk = new byte[300];
        for (var turn = 0; turn < 10_000; turn += 100)
        {
            await Task.WhenAll(Enumerable.Range(0, 100).Select(_ =>
            {
                record = record with { Version = record.Version + 1 };
                return CommitAsync(new TurnCommit { Record = record, ExpectedExecutionId = "e1", Owner = Me, History = [chunk] });
            }));
        }

        await Server.Cli.CallAsync(["CONFIG", "RESETSTAT"], Token);
        var sent = await SentAsync();
        var one = await Store.LoadAsync(Id, new KnownVersion("e1", record.Version - 1), Token);
        var none = await Store.LoadAsync(Id, new KnownVersion("e1", record.Version), Token);
        sent = await SentAsync() - sent;
        var some = await Store.LoadAsync(Id, new KnownVersion("e1", record.Version - 7), Token);
        var all = await Store.LoadAsync(Id, KnownVersion.None, Token);
        var another = await Store.LoadAsync(Id, new KnownVersion("e0", record.Version - 7), Token);

        Assert.Equal((1, false), (one!.History.Count, one.IsWhole));
        Assert.Equal((0, false), (none!.History.Count, none.IsWhole));
        Assert.Equal((7, false), (some!.History.Count, some.IsWhole));
        Assert.Equal((10_001, true), (all!.History.Count, all.IsWhole));
        Assert.Equal((10_001, true), (another!.History.Count, another.IsWhole));
        Assert.InRange(sent, 1, 10_000);
    }

    [Fact]
    public async Task Workflows_Purged_GiveTheirMemoryBack()
    {
        await RunAsync(0, 100);
        var before = await MemoryAsync();
        await RunAsync(100, 2000);
        var finished = await MemoryAsync();
        TestContext.Current.SendDiagnosticMessage($"{(finished - before) / 2000} bytes per finished workflow of five activities");

        for (var number = 0; number < 2100; number++)
        {
            Assert.True(await Store.PurgeAsync(string.Create(CultureInfo.InvariantCulture, $"w{number}"), 6, Token));
        }

        Assert.Equal(["{app||workflow||0}sessions", "{app||workflow||0}workers"], await KeysAsync());
        Assert.InRange(finished - before, 2000, 2000 * 3000);
    }

    // Five activities, one after the other.
    private async Task RunAsync(int first, int count)
    {
        await Task.WhenAll(Enumerable.Range(first, count).Select(number => Task.Run(async () =>
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"w{number}");
            var start = New(id);
            await Store.CreateAsync(start, Token);
            for (var turn = 1; turn <= 6; turn++)
            {
                await CommitAsync(new TurnCommit
                {
                    Record = start.Record with { Version = turn, Status = turn == 6 ? WorkflowRuntimeStatus.Completed : WorkflowRuntimeStatus.Running, Outcome = turn == 6 ? new byte[40] : default },
                    ExpectedExecutionId = "e1",
                    Owner = Me,
                    Ends = turn == 6,
                    History = [new byte[150]],
                    Consumed = turn == 1 ? ["start"] : [],
                    CompletedWork = turn == 1 ? [] : [Item($"a{turn - 1}") with { InstanceId = id }],
                    NewWork = turn == 6 ? [] : [Item($"a{turn}", owner: Me) with { InstanceId = id }],
                });
            }
        })));
    }

    private async Task<long> SentAsync() => long.Parse((await Server.Cli.InfoAsync("total_net_output_bytes", Token))!, CultureInfo.InvariantCulture);
}
