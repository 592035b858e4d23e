using Serverless.Components.Clients.AzureStorage.Tables;
using Serverless.Components.Workflows.Storage;
using Serverless.Components.Workflows.Storage.AzureTableStorage;
using Serverless.Tests.Clients.AzureStorage.Tables;
using static Serverless.Tests.Components.Workflows.Storage.AzureTableStorage.TableWorkflows;

namespace Serverless.Tests.Components.Workflows.Storage.AzureTableStorage;

/// <summary>The indexes follow the commits; what is lost of them, or too much, is found.</summary>
public sealed class TableWorkflowRepairTests(TableServerFixture fixture) : IClassFixture<TableServerFixture>
{
    private static readonly Guid You = Guid.NewGuid();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static DateTimeOffset Later => TimeProvider.System.GetUtcNow().AddMinutes(10);

    [Fact]
    public async Task Repair_OfLostIndex_FindsEveryFreeItemAgain()
    {
        await using var table = new TableWorkflows(fixture);
        var store = await table.OpenAsync();
        await RunAsync(store, Item("a1"), Item("a2", owner: Me), Item("t1", WorkKind.Timer));
        await store.AppendAsync(Id, Message("m1"), null, Cancellation);
        await OpenSessionAsync(store);
        await table.RemoveRowsAsync(key => key.PartitionKey.Contains("!ready", StringComparison.Ordinal));
        var other = await table.OpenAsync();
        Assert.Empty(await ClaimAsync(other));

        await other.RepairAsync(Later, Cancellation);

        Assert.Equal(["a1", "t1", "turn"], (await ClaimAsync(other)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Repair_OfInstanceThatWasNeverListed_ListsIt()
    {
        await using var table = new TableWorkflows(fixture);
        var transport = new TableTransport();
        var store = await table.OpenAsync(transport);
        transport.CutAfter(1);
        await Assert.ThrowsAsync<CutException>(async () => await store.CreateAsync(New(owner: Me), Cancellation));
        var other = await table.OpenAsync();
        Assert.Empty((await other.ListAsync(new WorkflowFilter { PageSize = 10 }, Cancellation))!.Records);

        await other.RepairAsync(Later, Cancellation);

        Assert.Equal(Id, Assert.Single((await other.ListAsync(new WorkflowFilter { PageSize = 10 }, Cancellation))!.Records).InstanceId);
        await CommitAsync(other, Turn(await LoadAsync(other)));
    }

    [Fact]
    public async Task Index_OfItemsThatWent_IsRemovedByWhoMeetsIt()
    {
        await using var table = new TableWorkflows(fixture);
        var store = await table.OpenAsync();
        var loaded = await RunAsync(store, Item("a1"), Item("a2"));
        await CommitAsync(store, Ending(Turn(loaded)));
        Assert.Contains(await table.RowsAsync(), IsReady);

        Assert.Empty(await ClaimAsync(store));
        await store.RepairAsync(Later, Cancellation);
        await store.DisposeAsync();

        Assert.DoesNotContain(await table.RowsAsync(), IsReady);
    }

    [Fact]
    public async Task Claim_WithRoomForOneKindOnly_DoesNotReadTheOther()
    {
        await using var table = new TableWorkflows(fixture);
        var transport = new TableTransport();
        var store = await table.OpenAsync();
        await RunAsync(store, [.. Enumerable.Range(0, 400).Select(number => Item($"a{number}")), .. Enumerable.Range(0, 30).Select(number => Item($"t{number}", WorkKind.Timer) with { Due = Start.AddMinutes(1) })]);
        var other = await table.OpenAsync(transport);
        transport.Clear();

        var items = (await other.ClaimAsync(new WorkClaim { Owner = You, Now = Later, MostActivities = 2, MostTurns = 20 }, Cancellation)).Items;

        Assert.Equal((2, 20), (items.Count(item => item.Kind == WorkKind.Activity), items.Count(item => item.Kind == WorkKind.Timer)));
        Assert.InRange(transport.Requests.Count(request => request == "query!"), 1, 2);
    }

    private static bool IsReady(TableKey key) => key.PartitionKey.Contains("!ready", StringComparison.Ordinal);

    private static async Task<IEnumerable<string>> ClaimAsync(TableStorageWorkflowStore store) =>
        (await store.ClaimAsync(new WorkClaim { Owner = You, Now = Later, MostTurns = 100, MostActivities = 100 }, Cancellation)).Items.Select(item => item.WorkId);
}
