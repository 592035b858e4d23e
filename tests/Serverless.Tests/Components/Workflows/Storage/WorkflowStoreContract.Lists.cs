using Serverless.Components.Workflows;
using Serverless.Components.Workflows.Storage;

namespace Serverless.Tests.Components.Workflows.Storage;

public abstract partial class WorkflowStoreContract
{
    /// <summary>False where a page is in another order than that of creation.</summary>
    private protected virtual bool ListsNewestFirst => true;

    [Fact]
    public async Task List_WithFilters_GivesThoseThatFit()
    {
        await FillAsync();

        Assert.Equal("w5 w4 w3 w2 w1 w0", await ListAsync(new WorkflowFilter { PageSize = 10 }));
        Assert.Equal("w5 w3 w1", await ListAsync(new WorkflowFilter { PageSize = 10, Name = "Odd" }));
        Assert.Equal("", await ListAsync(new WorkflowFilter { PageSize = 10, Name = "odd" }));
        Assert.Equal("w3", await ListAsync(new WorkflowFilter { PageSize = 10, Statuses = [WorkflowRuntimeStatus.Completed] }));
        Assert.Equal("w3 w2 w0", await ListAsync(new WorkflowFilter { PageSize = 10, Statuses = [WorkflowRuntimeStatus.Completed, WorkflowRuntimeStatus.Running] }));
        Assert.Equal("w5 w1", await ListAsync(new WorkflowFilter { PageSize = 10, Name = "Odd", Statuses = [WorkflowRuntimeStatus.Pending] }));
        Assert.Equal("w5 w4 w3 w2", await ListAsync(new WorkflowFilter { PageSize = 10, CreatedFrom = Start.AddMinutes(2) }));
        Assert.Equal("w1 w0", await ListAsync(new WorkflowFilter { PageSize = 10, CreatedBefore = Start.AddMinutes(2) }));
        Assert.Equal("w3", await ListAsync(new WorkflowFilter { PageSize = 10, Name = "Odd", CreatedFrom = Start.AddMinutes(2), CreatedBefore = Start.AddMinutes(5) }));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(6)]
    public async Task List_InPages_GivesEachOnce(int size)
    {
        await FillAsync();

        Assert.Equal("w5 w4 w3 w2 w1 w0", await ListAsync(new WorkflowFilter { PageSize = size }));
        Assert.Equal("w5 w3 w1", await ListAsync(new WorkflowFilter { PageSize = size, Name = "Odd" }));
    }

    [Fact]
    public async Task List_OfSameTime_GivesEachOnce()
    {
        for (var number = 0; number < 7; number++)
        {
            await Store.CreateAsync(New($"w{number}"), Cancellation);
        }

        var listed = await ListAsync(new WorkflowFilter { PageSize = 2 }, inAnyOrder: true);

        Assert.Equal("w6 w5 w4 w3 w2 w1 w0", listed);
    }

    [Fact]
    public async Task List_WhileInstancesGo_GivesTheRest()
    {
        await FillAsync();
        var first = (await Store.ListAsync(new WorkflowFilter { PageSize = 2 }, Cancellation))!;
        foreach (var record in first.Records)
        {
            await Store.PurgeAsync(record.InstanceId, record.Version, Cancellation);
        }

        var rest = await PagesAsync(new WorkflowFilter { PageSize = 2, Continuation = first.Continuation });

        Assert.Equal(
            Enumerable.Range(0, 6).Select(number => $"w{number}"),
            first.Records.Concat(rest).Select(record => record.InstanceId).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task List_Records_AreWhole()
    {
        await CreateAsync();
        await CommitAsync(Ending(Turn(await LoadAsync())));

        var record = Assert.Single((await Other.ListAsync(new WorkflowFilter { PageSize = 10 }, Cancellation))!.Records);

        Assert.Equal(Describe((await LoadAsync()).Record), Describe(record));
    }

    [Theory]
    [InlineData("x")]
    [InlineData("-1")]
    [InlineData("5-")]
    [InlineData("638900000000000000")]
    [InlineData("63890000000000000a-0")]
    [InlineData("638900000000000000_' or 1 eq 1 or RowKey eq '")]
    public async Task List_WithAContinuationOfNoList_IsNull(string continuation)
    {
        await CreateAsync();

        Assert.Null(await Store.ListAsync(new WorkflowFilter { PageSize = 2, Continuation = continuation }, Cancellation));
    }

    [Fact]
    public async Task List_WhileInstancesComeAndAreReplaced_GivesTheOthersOnce()
    {
        await FillAsync();
        var first = (await Store.ListAsync(new WorkflowFilter { PageSize = 3 }, Cancellation))!;
        Assert.Equal(CreateOutcome.Created, await Store.CreateAsync(New("w9", created: Start.AddHours(1)), Cancellation));
        Assert.Equal(CreateOutcome.Created, await Store.CreateAsync(New("w3", "e2", "start-2", created: Start.AddHours(1)), Cancellation));

        var rest = await PagesAsync(new WorkflowFilter { PageSize = 3, Continuation = first.Continuation });

        // What is newer than where the first page began is not asked for any more.
        string[] older = ["w0", "w1", "w2", "w4", "w5"];
        Assert.Equal(older, first.Records.Concat(rest).Select(record => record.InstanceId).Where(older.Contains).Order(StringComparer.Ordinal));
        Assert.Equal(rest.Count, rest.Select(record => record.InstanceId).Distinct().Count());
    }

    [Fact]
    public async Task Calls_WithCanceledToken_AreCanceled()
    {
        await RunAsync(Item("a1", owner: Me));
        var before = await DumpAsync(Id, SomeWork);
        var canceled = new CancellationToken(canceled: true);
        var turn = Turn(await LoadAsync());

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Store.CreateAsync(New("order-2"), canceled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Store.LoadAsync(Id, KnownVersion.None, canceled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Store.AppendAsync(Id, Message("m1"), Me, canceled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Store.CommitAsync(turn, canceled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Store.ClaimAsync(Claim(You, Soon), canceled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Store.CompleteAsync(Item("a1"), Me, null, canceled));

        Assert.Equal(before, await DumpAsync(Id, SomeWork));
        Assert.Null(await Store.FindAsync("order-2", Cancellation));
    }

    /// <summary>w0 … w5, a minute apart; the odd ones of another name; w0 and w2 run, w3 has ended.</summary>
    private async Task FillAsync()
    {
        for (var number = 0; number < 6; number++)
        {
            await Store.CreateAsync(New($"w{number}", name: number % 2 == 0 ? "Even" : "Odd", created: Start.AddMinutes(number), owner: Me), Cancellation);
        }

        await CommitAsync(Turn(await LoadAsync("w0")));
        await CommitAsync(Turn(await LoadAsync("w2")));
        await CommitAsync(Ending(Turn(await LoadAsync("w3"))));
    }

    private async Task<string> ListAsync(WorkflowFilter filter, bool inAnyOrder = false)
    {
        var ids = (await PagesAsync(filter)).Select(record => record.InstanceId);
        return string.Join(' ', ListsNewestFirst && !inAnyOrder ? ids : ids.OrderDescending(StringComparer.Ordinal));
    }

    private async Task<List<WorkflowRecord>> PagesAsync(WorkflowFilter filter)
    {
        var records = new List<WorkflowRecord>();
        for (var pages = 0; pages < 50; pages++)
        {
            var page = (await Other.ListAsync(filter, Cancellation))!;
            Assert.InRange(page.Records.Count, 0, filter.PageSize);
            records.AddRange(page.Records);
            if (page.Continuation is null)
            {
                return records;
            }

            filter = filter with { Continuation = page.Continuation };
        }

        throw new InvalidOperationException("the list has no end");
    }
}
