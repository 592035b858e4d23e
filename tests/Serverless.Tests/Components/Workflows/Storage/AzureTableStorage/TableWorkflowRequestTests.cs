using Serverless.Components.Workflows.Storage;
using Serverless.Tests.Clients.AzureStorage.Tables;
using static Serverless.Tests.Components.Workflows.Storage.AzureTableStorage.TableWorkflows;

namespace Serverless.Tests.Components.Workflows.Storage.AzureTableStorage;

/// <summary>How many requests it takes: they are what the service charges for.</summary>
public sealed class TableWorkflowRequestTests(TableServerFixture fixture) : IClassFixture<TableServerFixture>
{
    private readonly TableTransport _transport = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Standalone_EachStep_IsOneRequest()
    {
        await using var table = new TableWorkflows(fixture);
        var store = await table.OpenAsync(_transport);
        Assert.Equal("batch", await CountAsync(async () => await store.CreateAsync(New(owner: Me), Cancellation)));
        LoadedWorkflow loaded = null!;
        Assert.Equal("query", await CountAsync(async () => loaded = await LoadAsync(store)));
        Assert.Equal("batch", await CountAsync(() => CommitAsync(store, Turn(loaded, Item("a1", owner: Me)))));
        for (var step = 2; step <= 6; step++)
        {
            var (last, next) = ($"a{step - 1}", $"a{step}");
            Assert.Equal("query", await CountAsync(async () => loaded = (await store.LoadAsync(Id, new KnownVersion("e1", step - 1), Cancellation))!));
            Assert.Empty(loaded.History);
            Assert.Equal("batch", await CountAsync(() => CommitAsync(store, Turn(loaded, Item(next, owner: Me)) with { CompletedWork = [Item(last)] })));
        }

        // Nothing has to be read before it either: the process knows what there is.
        var record = loaded.Record with { Version = 6 };
        Assert.Equal("batch", await CountAsync(() => CommitAsync(store, Ending(Turn(loaded with { Record = record }) with { CompletedWork = [Item("a6")] }))));
        Assert.Empty((await LoadAsync(await table.OpenAsync())).Inbox);
    }

    [Fact]
    public async Task Standalone_FanOut_IsOneRequestEachWay()
    {
        await using var table = new TableWorkflows(fixture);
        var store = await table.OpenAsync(_transport);
        await store.CreateAsync(New(owner: Me), Cancellation);
        var loaded = await LoadAsync(store);
        var work = Enumerable.Range(0, 40).Select(number => Item($"a{number}", owner: Me)).ToArray();
        Assert.Equal("batch", await CountAsync(() => CommitAsync(store, Turn(loaded, work))));
        loaded = (await store.LoadAsync(Id, new KnownVersion("e1", 1), Cancellation))!;
        Assert.Equal("batch", await CountAsync(() => CommitAsync(store, Turn(loaded) with { CompletedWork = work })));
    }

    [Fact]
    public async Task Host_EachStep_TakesFew()
    {
        await using var table = new TableWorkflows(fixture);
        var turns = await table.OpenAsync();
        var activities = await table.OpenAsync(_transport);
        var loaded = await RunAsync(turns, Item("a1"));

        // Whoever gets the message knows nothing of the instance.
        WorkItem? item = null;
        Assert.Equal("get change", await CountAsync(async () => item = await activities.ClaimAsync(Id, "a1", Me, Cancellation)));
        Assert.Equal("query batch", await CountAsync(async () => await activities.CompleteAsync(item!, Me, Message("r1"), Cancellation)));
        Assert.Equal("query", await CountAsync(async () => loaded = await LoadAsync(activities)));
        Assert.Equal("batch", await CountAsync(() => CommitAsync(activities, Turn(loaded, Item("a2"), Item("a3")))));
        Assert.Equal("query batch", await CountAsync(async () => await activities.AppendAsync(Id, Message("m1"), Me, Cancellation)));
    }

    [Fact]
    public async Task History_OfAnyLength_IsReadFromWhereTheReaderIs()
    {
        await using var table = new TableWorkflows(fixture);
        var store = await table.OpenAsync(_transport);
        var loaded = await RunAsync(store);
        for (var version = 2; version <= 30; version++)
        {
            await CommitAsync(store, Turn(loaded) with { History = [.. Enumerable.Range(0, 30).Select(_ => (ReadOnlyMemory<byte>)new byte[10_000])] });
            loaded = (await store.LoadAsync(Id, new KnownVersion("e1", version), Cancellation))!;
        }

        LoadedWorkflow last = null!;
        Assert.Equal("query", await CountAsync(async () => last = (await store.LoadAsync(Id, new KnownVersion("e1", 29), Cancellation))!));
        Assert.Equal((false, 30), (last.IsWhole, last.History.Count));
        Assert.Equal(1 + (29 * 30), (await LoadAsync(await table.OpenAsync())).History.Count);
    }

    [Fact]
    public async Task Indexes_OfManyInstances_ShareRequests()
    {
        await using var table = new TableWorkflows(fixture);
        var transport = new TableTransport { HoldsIndexesFor = 60 };
        var store = await table.OpenAsync(transport);
        await Task.WhenAll(Enumerable.Range(0, 60).Select(number => store.CreateAsync(New($"w{number}"), Cancellation).AsTask()));

        Assert.Equal(60, (await store.ListAsync(new WorkflowFilter { PageSize = 100 }, Cancellation))!.Records.Count);
        Assert.InRange(transport.Requests.Count(request => request == "batch!"), 2, 20);
        Assert.Equal(60, (await store.ClaimAsync(new WorkClaim { Owner = Me, Now = Start.AddHours(1), MostTurns = 100, MostActivities = 0 }, Cancellation)).Items.Count);
    }

    // Without those of the indexes, which follow in the background.
    private async Task<string> CountAsync(Func<Task> step)
    {
        _transport.Clear();
        await step();
        return string.Join(' ', _transport.Requests.Where(request => !request.EndsWith('!')));
    }
}
