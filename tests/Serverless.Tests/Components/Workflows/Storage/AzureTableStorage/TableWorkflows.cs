using System.Text;
using Serverless.Components.Clients.AzureStorage.Tables;
using Serverless.Components.Workflows;
using Serverless.Components.Workflows.Storage;
using Serverless.Components.Workflows.Storage.AzureTableStorage;
using Serverless.Tests.Clients.AzureStorage.Tables;
using Serverless.Tests.Components.State.AzureTableStorage;

namespace Serverless.Tests.Components.Workflows.Storage.AzureTableStorage;

/// <summary>A new table, the stores of several processes on it, and what they are asked.</summary>
internal sealed class TableWorkflows(TableServerFixture fixture) : IAsyncDisposable
{
    public const string Id = "order-1";
    private readonly string _table = TableServerFixture.NewName();
    private readonly List<TableStorageWorkflowStore> _stores = [];

    public static Guid Me { get; } = Guid.NewGuid();

    public static DateTimeOffset Start { get; } = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>A client of the table itself.</summary>
    public TableClient Client => fixture.Client(_table);

    public async Task<TableStorageWorkflowStore> OpenAsync(TableTransport? transport = null)
    {
        var context = TableStores.Context(fixture, _table, TimeProvider.System);
        var store = new TableStorageWorkflowStore(fixture.Client(_table, transport: transport), context, "app", createsTable: true);
        _stores.Add(store);
        await store.InitializeAsync(Cancellation);
        return store;
    }

    /// <summary>All rows of the table but those of sessions, by their keys.</summary>
    public async Task<List<TableKey>> RowsAsync()
    {
        List<TableKey> keys = [];
        using var client = Client;
        await foreach (var page in client.QueryAsync(new TableQuery(null), Cancellation))
        {
            keys.AddRange(page.Select(row => row.Key).Where(key => !key.PartitionKey.EndsWith("!sessions", StringComparison.Ordinal)));
        }

        return keys;
    }

    public async Task RemoveRowsAsync(Func<TableKey, bool> which)
    {
        using var client = Client;
        foreach (var key in (await RowsAsync()).Where(which))
        {
            await client.ChangeAsync(TableOperation.Delete(key, TableCondition.Exists), Cancellation);
        }
    }

    public static Task OpenSessionAsync(IWorkflowStore store, Guid? session = null) =>
        store.KeepSessionAsync(new WorkerSession(session ?? Me, "machine/1", TimeProvider.System.GetUtcNow().AddHours(1)), isNew: true, Cancellation).AsTask();

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    public static InboxMessage Message(string id) => new(id, "e1", Bytes($"event {id}"));

    public static NewWorkflow New(string id = Id, string execution = "e1", string message = "start", Guid? owner = null) => new()
    {
        Record = new WorkflowRecord
        {
            InstanceId = id,
            Name = "Order",
            ExecutionId = execution,
            Version = 0,
            Status = WorkflowRuntimeStatus.Pending,
            CreatedAt = Start,
            UpdatedAt = Start,
            Start = Bytes("start"),
        },
        First = new InboxMessage(message, execution, Bytes($"event {message}")),
        Owner = owner,
        Due = Start,
    };

    public static WorkItem Item(string workId, WorkKind kind = WorkKind.Activity, Guid? owner = null, string id = Id, int size = 8) => new()
    {
        InstanceId = id,
        WorkId = workId,
        Kind = kind,
        Name = "Charge",
        Due = Start,
        Owner = owner,
        Content = new byte[size],
    };

    public static TurnCommit Turn(LoadedWorkflow loaded, params WorkItem[] work) => new()
    {
        Record = loaded.Record with { Version = loaded.Record.Version + 1, Status = WorkflowRuntimeStatus.Running },
        ExpectedExecutionId = loaded.Record.ExecutionId,
        History = [Bytes($"turn {loaded.Record.Version + 1}")],
        Consumed = [.. loaded.Inbox.Select(message => message.Id)],
        Owner = Me,
        NewWork = work,
    };

    public static TurnCommit Ending(TurnCommit turn) => turn with { Record = turn.Record with { Status = WorkflowRuntimeStatus.Completed }, Ends = true };

    /// <summary>Commits that must not fail.</summary>
    public static async Task CommitAsync(IWorkflowStore store, TurnCommit turn) =>
        Assert.Equal(CommitOutcome.Committed, (await store.CommitAsync(turn, Cancellation)).Outcome);

    public static async Task<LoadedWorkflow> LoadAsync(IWorkflowStore store, string id = Id) =>
        await store.LoadAsync(id, KnownVersion.None, Cancellation) ?? throw new InvalidOperationException($"{id} is not there");

    /// <summary>An instance that has taken its first message and has this work.</summary>
    public static async Task<LoadedWorkflow> RunAsync(IWorkflowStore store, params WorkItem[] work)
    {
        Assert.Equal(CreateOutcome.Created, await store.CreateAsync(New(owner: Me), Cancellation));
        await CommitAsync(store, Turn(await LoadAsync(store), work));
        return await LoadAsync(store);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var store in _stores)
        {
            await store.DisposeAsync();
        }
    }
}
