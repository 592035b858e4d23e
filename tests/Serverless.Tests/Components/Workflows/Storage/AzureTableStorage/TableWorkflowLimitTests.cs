using System.Buffers;
using Serverless.Components.Clients.AzureStorage.Tables;
using Serverless.Components.Workflows.Storage;
using Serverless.Components.Workflows.Storage.AzureTableStorage;
using Serverless.Tests.Clients.AzureStorage.Tables;
using static Serverless.Tests.Components.Workflows.Storage.AzureTableStorage.TableWorkflows;

namespace Serverless.Tests.Components.Workflows.Storage.AzureTableStorage;

/// <summary>A transaction holds 100 changes and 4 MiB, a row 1 MiB. Azurite does not check all of it; the client does before it sends.</summary>
public sealed class TableWorkflowLimitTests(TableServerFixture fixture) : IClassFixture<TableServerFixture>
{
    // The instance, its guard, its turn item, the history and the message take one change each.
    private const int Room = TableLimits.BatchOperations - 5;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Room, 8, true)]
    [InlineData(Room + 1, 8, false)]
    [InlineData(50, 50_000, true)]
    [InlineData(60, 50_000, false)]
    [InlineData(95, 40_000, false)]
    [InlineData(300, 40_000, false)]
    public async Task Commit_OfManyOrLargeItems_IsOneTransactionWhereItFits(int items, int size, bool isOne)
    {
        await using var table = new TableWorkflows(fixture);
        var transport = new TableTransport();
        var store = await table.OpenAsync(transport);
        await store.CreateAsync(New(owner: Me), Cancellation);
        var loaded = await LoadAsync(store);
        var work = Enumerable.Range(0, items).Select(number => Item($"a{number}", owner: Me, size: size)).ToArray();
        transport.Clear();

        await CommitAsync(store, Turn(loaded, work));

        Assert.Equal(isOne, transport.Requests.Count(request => request == "batch") == 1);
        var claims = await Task.WhenAll(work.Select(item => store.ClaimAsync(Id, item.WorkId, Me, Cancellation).AsTask()));
        Assert.All(claims, item => Assert.Equal(size, item!.Content.Length));
        await CommitAsync(store, Turn(await LoadAsync(store)) with { CompletedWork = work });
        Assert.Null(await store.ClaimAsync(Id, "a0", Me, Cancellation));
        Assert.Equal(2, (await LoadAsync(store)).History.Count);
    }

    [Theory]
    [InlineData(60)]
    [InlineData(150)]
    public async Task Commit_OfLargeHistory_IsWhole(int chunks)
    {
        await using var table = new TableWorkflows(fixture);
        var store = await table.OpenAsync();
        await store.CreateAsync(New(owner: Me), Cancellation);
        var history = Enumerable.Range(0, chunks).Select(number => (ReadOnlyMemory<byte>)Enumerable.Repeat((byte)number, TurnCommit.MostChunkBytes).ToArray()).ToList();

        await CommitAsync(store, Turn(await LoadAsync(store)) with { History = history });

        var read = (await LoadAsync(await table.OpenAsync())).History;
        Assert.Equal(chunks, read.Count);
        Assert.All(Enumerable.Range(0, chunks), number => Assert.True(read[number].Span.SequenceEqual(history[number].Span)));
    }

    [Fact]
    public async Task Commit_ThatEndsWithAThousandItemsOpen_RemovesThemAll()
    {
        await using var table = new TableWorkflows(fixture);
        var store = await table.OpenAsync();
        var loaded = await RunAsync(store, [.. Enumerable.Range(0, 1_000).Select(number => Item($"a{number}", owner: number % 2 == 0 ? Me : null))]);
        for (var number = 0; number < 120; number++)
        {
            await store.AppendAsync(Id, Message($"m{number}"), Me, Cancellation);
        }

        await CommitAsync(await table.OpenAsync(), Ending(Turn(loaded)));

        Assert.Empty((await store.ClaimAsync(new WorkClaim { Owner = Me, Now = Start.AddDays(1), MostActivities = 100, MostTurns = 100 }, Cancellation)).Items);
        Assert.True(await store.PurgeAsync(Id, 2, Cancellation));
        await store.RepairAsync(Start.AddYears(1), Cancellation);
        await store.DisposeAsync();
        Assert.Empty(await table.RowsAsync());
    }

    [Fact]
    public async Task Commit_OfAnItemLargerThanARow_IsRefusedAndLeavesNoTrace()
    {
        await using var table = new TableWorkflows(fixture);
        var store = await table.OpenAsync();
        var loaded = await RunAsync(store);

        // No outage, so that nobody waits for it to pass.
        var fault = await Assert.ThrowsAsync<TableLimitException>(async () => await store.CommitAsync(Turn(loaded, Item("a1", size: 1024 * 1024)), Cancellation));

        Assert.Contains("1 MiB", fault.Message, StringComparison.Ordinal);
        Assert.Equal(1, (await LoadAsync(store)).Record.Version);
        await CommitAsync(store, Turn(loaded, Item("a1")));
    }

    [Fact]
    public void SizeOf_AnyChange_IsNoLessThanWhatIsSent()
    {
        var partition = new TableWorkflowSample().Partition;
        List<TableOperation> changes =
        [
            TableOperation.Insert(WorkflowWorkRow.Create(new TableKey(partition, "w-1"), Item("1", size: 0))),
            TableOperation.Insert(WorkflowWorkRow.Create(new TableKey(partition, "w-1"), Item("1", id: "\u0001\"\\ü日🚀", size: 300_001))),
            TableOperation.Replace(WorkflowWorkRow.Create(new TableKey(partition, "w-1"), Item("1", size: 65_537)), TableCondition.ETag(TableWorkflowSample.ETag)),
            TableOperation.Delete(new TableKey(partition, "m-" + new string('x', 100)), TableCondition.ETag(TableWorkflowSample.ETag)),
            TableOperation.Merge(new TableEntity(new TableKey(partition, "meta"), [new("Pending", true), new("Owner", Guid.NewGuid()), new("Version", long.MaxValue)]), TableCondition.ETag(TableWorkflowSample.ETag)),
        ];
        foreach (var change in changes)
        {
            var (alone, two) = (new TableBatch(), new TableBatch());
            alone.Add(change);
            two.Add(change);
            two.Add(TableOperation.Delete(new TableKey(partition, "z"), TableCondition.Exists));
            var sent = Length(two) - Length(two, skip: change);

            Assert.InRange(TurnPlan.SizeOf(change), sent, (2 * sent) + 2_000);
            Assert.InRange(Length(alone), sent, sent + 600);
        }

        static int Length(TableBatch batch, TableOperation? skip = null)
        {
            var kept = new TableBatch();
            foreach (var operation in batch.Where(operation => operation != skip))
            {
                kept.Add(operation);
            }

            var output = new ArrayBufferWriter<byte>();
            TableBatchWriter.Write(output, kept, $"batch_{Guid.NewGuid():D}", operation => ("DELETE", $"https://{new string('a', 24)}.table.core.windows.net/{new string('t', 63)}(PartitionKey='{operation.Key.PartitionKey}',RowKey='{operation.Key.RowKey}')"));
            return output.WrittenCount;
        }
    }
}
