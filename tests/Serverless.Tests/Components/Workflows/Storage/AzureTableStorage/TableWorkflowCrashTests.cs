using Serverless.Components.Workflows.Storage;
using Serverless.Components.Workflows.Storage.AzureTableStorage;
using Serverless.Tests.Clients.AzureStorage.Tables;
using static Serverless.Tests.Components.Workflows.Storage.AzureTableStorage.TableWorkflows;

namespace Serverless.Tests.Components.Workflows.Storage.AzureTableStorage;

/// <summary>A process dies, or an answer gets lost, at each request of what takes several.</summary>
public sealed class TableWorkflowCrashTests(TableServerFixture fixture) : IClassFixture<TableServerFixture>
{
    private const int MostChanges = 60;
    private static readonly Guid You = Guid.NewGuid();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static DateTimeOffset Later => TimeProvider.System.GetUtcNow().AddMinutes(10);

    [Fact]
    public async Task LargeCommit_CutAnywhere_IsMadeWholeOrNotAtAll()
    {
        var (made, unmade) = (0, 0);
        for (var cut = 0; ; cut++)
        {
            Assert.InRange(cut, 0, MostChanges);
            await using var table = new TableWorkflows(fixture);
            var (transport, turn) = await PrepareLargeAsync(table);
            var store = await table.OpenAsync(transport);
            transport.CutAfter(cut);
            var isCut = await IsCutAsync(async () => await store.CommitAsync(turn, Cancellation));
            var other = await table.OpenAsync();
            var isMade = await CheckLargeAsync(table, other, turn);
            (made, unmade) = isMade ? (made + 1, unmade) : (made, unmade + 1);
            if (!isCut)
            {
                Assert.True(isMade);
                break;
            }
        }

        Assert.True(made > 3 && unmade > 3, $"{made} made, {unmade} not");
    }

    [Fact]
    public async Task LargeCommit_WithAnyAnswerLost_IsWhatItSays()
    {
        for (var lost = 0; ; lost++)
        {
            Assert.InRange(lost, 0, MostChanges);
            await using var table = new TableWorkflows(fixture);
            var (transport, turn) = await PrepareLargeAsync(table);
            var store = await table.OpenAsync(transport);
            transport.Clear();
            transport.LoseAnswer(lost);
            CommitOutcome? outcome = null;
            try
            {
                outcome = (await store.CommitAsync(turn, Cancellation)).Outcome;
            }
            catch (WorkflowStoreException)
            {
                // Nobody knows, so anything is right as long as it is whole.
            }

            var isMade = await CheckLargeAsync(table, await table.OpenAsync(), turn);
            Assert.True(outcome is null || (outcome == CommitOutcome.Committed) == isMade, $"{outcome}, made: {isMade}");
            if (transport.Requests.Count(request => request.StartsWith("batch", StringComparison.Ordinal) || request.StartsWith("change", StringComparison.Ordinal)) <= lost)
            {
                break;
            }
        }
    }

    [Fact]
    public async Task SmallCommit_WithItsAnswerLost_IsCommitted()
    {
        await using var table = new TableWorkflows(fixture);
        var transport = new TableTransport();
        var store = await table.OpenAsync(transport);
        var loaded = await RunAsync(store, Item("a1", owner: Me));
        transport.LoseAnswer(0);

        Assert.Equal(CommitOutcome.Committed, (await store.CommitAsync(Turn(loaded, Item("a2", owner: Me)) with { CompletedWork = [Item("a1")] }, Cancellation)).Outcome);

        await CommitAsync(store, Turn(await LoadAsync(store)) with { CompletedWork = [Item("a2")] });
        Assert.Equal(3, (await LoadAsync(store)).History.Count);
    }

    [Fact]
    public async Task Purge_CutAnywhere_CanBeAskedAgain()
    {
        for (var (cut, isCut) = (0, true); isCut; cut++)
        {
            Assert.InRange(cut, 0, MostChanges);
            await using var table = new TableWorkflows(fixture);
            var transport = new TableTransport();
            var store = await table.OpenAsync(transport);
            await PrepareEndedAsync(store);
            transport.CutAfter(cut);

            isCut = await IsCutAsync(async () => Assert.True(await store.PurgeAsync(Id, 2, Cancellation)));

            // As the caller, or, if the caller has died as well, by the repair.
            var other = await table.OpenAsync();
            if (cut % 2 == 0 || (await other.FindAsync(Id, Cancellation)) is not null)
            {
                Assert.True(await other.PurgeAsync(Id, 2, Cancellation));
            }
            else
            {
                await other.RepairAsync(Later, Cancellation);
            }

            Assert.Empty((await other.ListAsync(new WorkflowFilter { PageSize = 10 }, Cancellation))!.Records);
            await other.RepairAsync(Later.AddMinutes(1), Cancellation);
            await other.DisposeAsync();
            Assert.Empty(await table.RowsAsync());
        }
    }

    [Fact]
    public async Task Replacement_CutAnywhere_CanBeAskedAgain()
    {
        for (var (cut, isCut) = (0, true); isCut; cut++)
        {
            Assert.InRange(cut, 0, MostChanges);
            await using var table = new TableWorkflows(fixture);
            var transport = new TableTransport();
            var store = await table.OpenAsync(transport);
            await PrepareEndedAsync(store);
            transport.CutAfter(cut);
            var next = New(execution: "e2", message: "again");

            isCut = await IsCutAsync(async () => Assert.Equal(CreateOutcome.Created, await store.CreateAsync(next, Cancellation)));

            var other = await table.OpenAsync();
            Assert.Equal(CreateOutcome.Created, await other.CreateAsync(next, Cancellation));
            var loaded = await LoadAsync(other);
            Assert.Equal(("e2", 0, "again"), (loaded.Record.ExecutionId, loaded.History.Count, Assert.Single(loaded.Inbox).Id));
            await other.RepairAsync(Later, Cancellation);
            Assert.Equal("again", Assert.Single(await ClaimAsync(other)).WorkId.Replace(WorkItem.TurnId, "again", StringComparison.Ordinal));
            Assert.Single((await other.ListAsync(new WorkflowFilter { PageSize = 10 }, Cancellation))!.Records);
        }
    }

    [Fact]
    public async Task Claim_WithAnyAnswerLost_GivesEachItemOnce()
    {
        for (var lost = 0; lost < 4; lost++)
        {
            await using var table = new TableWorkflows(fixture);
            var transport = new TableTransport();
            var store = await table.OpenAsync(transport);
            await RunAsync(store, [.. Enumerable.Range(0, 5).Select(number => Item($"a{number}"))]);
            await store.CreateAsync(New("order-2"), Cancellation);
            transport.LoseAnswer(lost);
            List<string> claimed = [];
            for (var rounds = 0; rounds < 3; rounds++)
            {
                try
                {
                    claimed.AddRange((await ClaimAsync(store)).Select(item => $"{item.InstanceId}/{item.WorkId}"));
                }
                catch (WorkflowStoreException)
                {
                    // Asked again.
                }
            }

            Assert.Equal(["order-1/a0", "order-1/a1", "order-1/a2", "order-1/a3", "order-1/a4", "order-2/turn"], claimed.Order(StringComparer.Ordinal));
        }
    }

    private static async Task<bool> IsCutAsync(Func<Task> operation)
    {
        try
        {
            await operation();
            return false;
        }
        catch (CutException)
        {
            return true;
        }
    }

    private static async Task<IReadOnlyList<WorkItem>> ClaimAsync(TableStorageWorkflowStore store) =>
        (await store.ClaimAsync(new WorkClaim { Owner = You, Now = Later, MostTurns = 500, MostActivities = 500 }, Cancellation)).Items;

    // Takes 120 results, adds 150 items, most of them free, and a history of several rows.
    private static async Task<(TableTransport Transport, TurnCommit Turn)> PrepareLargeAsync(TableWorkflows table)
    {
        var store = await table.OpenAsync();
        await OpenSessionAsync(store);
        var old = Enumerable.Range(0, 120).Select(number => Item($"a{number}", owner: Me)).ToArray();
        var loaded = await RunAsync(store, old);
        await store.AppendAsync(Id, Message("m1"), null, Cancellation);
        loaded = await LoadAsync(store);
        var turn = Turn(loaded, [.. Enumerable.Range(0, 150).Select(number => Item($"b{number}", owner: number == 0 ? Me : null))]);
        return (new TableTransport(), turn with { CompletedWork = old, History = [.. Enumerable.Range(0, 40).Select(_ => (ReadOnlyMemory<byte>)new byte[30_000])] });
    }

    private static async Task PrepareEndedAsync(TableStorageWorkflowStore store)
    {
        var loaded = await RunAsync(store);
        await store.PutPayloadAsync(Id, "p1", new byte[100], Cancellation);
        await CommitAsync(store, Ending(Turn(loaded, [.. Enumerable.Range(0, 230).Select(number => Item($"purge{number}", WorkKind.Purge))])));
    }

    /// <summary>What another process finds: all of the turn or nothing of it, and after a repair nothing else either.</summary>
    private static async Task<bool> CheckLargeAsync(TableWorkflows table, TableStorageWorkflowStore store, TurnCommit turn)
    {
        var loaded = await LoadAsync(store);
        var isMade = loaded.Record.Version == 2;
        Assert.Equal((isMade ? 41 : 1, isMade ? 0 : 1), (loaded.History.Count, loaded.Inbox.Count));
        await store.EndSessionAsync(Me, Cancellation);
        await store.RepairAsync(Later, Cancellation);
        var expected = (isMade ? turn.NewWork : turn.CompletedWork).Select(item => item.WorkId).Concat(isMade ? [] : [WorkItem.TurnId]);
        Assert.Equal(expected.Order(StringComparer.Ordinal), (await ClaimAsync(store)).Select(item => item.WorkId).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(await table.RowsAsync(), key => key.RowKey.StartsWith("s-", StringComparison.Ordinal));
        return isMade;
    }
}
