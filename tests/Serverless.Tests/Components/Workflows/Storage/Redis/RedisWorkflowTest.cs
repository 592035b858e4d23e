using System.Globalization;
using Serverless.Backends.Redis;
using Serverless.Components.Workflows;
using Serverless.Components.Workflows.Storage;
using Serverless.Components.Workflows.Storage.Redis;
using Serverless.Tests.Components.State.Redis;

namespace Serverless.Tests.Components.Workflows.Storage.Redis;

/// <summary>A server, a store and a session of one test.</summary>
public abstract class RedisWorkflowTest : IAsyncLifetime
{
    private protected const string Id = "order-1";

    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    private protected RedisServer Server { get; private set; } = null!;

    private protected RedisWorkflowStore Store { get; private set; } = null!;

    private protected Guid Me { get; } = Guid.NewGuid();

    private protected DateTimeOffset Now { get; } = TimeProvider.System.GetUtcNow();

    private protected virtual RedisServerSettings Settings => new();

    public async ValueTask InitializeAsync()
    {
        Server = await RedisServer.StartAsync(Settings, Token);
        Store = await OpenAsync();
        await OpenSessionAsync(Me);
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        await Server.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected async Task<RedisWorkflowStore> OpenAsync(string appId = "app", params (string Name, string Value)[] items)
    {
        var store = new RedisWorkflowStore(RedisStores.Context(Server.Address, TimeProvider.System, items), appId);
        await store.InitializeAsync(Token);
        return store;
    }

    private protected async Task OpenSessionAsync(Guid session, IWorkflowStore? store = null) =>
        Assert.True(await (store ?? Store).KeepSessionAsync(new WorkerSession(session, "machine/1", Now.AddHours(1)), isNew: true, Token));

    private protected static InboxMessage Message(string id) => new(id, null, "event"u8.ToArray());

    private protected WorkItem Item(string workId, WorkKind kind = WorkKind.Activity, Guid? owner = null) => new()
    {
        InstanceId = Id,
        WorkId = workId,
        Kind = kind,
        Name = "Charge",
        Due = Now,
        Owner = owner,
        Content = "content"u8.ToArray(),
    };

    private protected NewWorkflow New(string id = Id) => new()
    {
        Record = new WorkflowRecord
        {
            InstanceId = id,
            Name = "Order",
            ExecutionId = "e1",
            Version = 0,
            Status = WorkflowRuntimeStatus.Pending,
            CreatedAt = Now,
            UpdatedAt = Now,
            Start = "input"u8.ToArray(),
        },
        First = Message("start"),
        Owner = Me,
        Due = Now,
    };

    /// <summary>A turn of mine that takes what waits.</summary>
    private protected async Task<TurnCommit> TurnAsync(string id = Id)
    {
        var loaded = await Store.LoadAsync(id, KnownVersion.None, Token) ?? throw new InvalidOperationException($"{id} is not there");
        return new TurnCommit
        {
            Record = loaded.Record with { Version = loaded.Record.Version + 1, Status = WorkflowRuntimeStatus.Running },
            ExpectedExecutionId = "e1",
            Owner = Me,
            History = ["turn"u8.ToArray()],
            Consumed = [.. loaded.Inbox.Select(message => message.Id)],
        };
    }

    private protected async Task CommitAsync(TurnCommit turn) => Assert.Equal(CommitOutcome.Committed, (await Store.CommitAsync(turn, Token)).Outcome);

    /// <summary>An instance with this work.</summary>
    private protected async Task StartAsync(params WorkItem[] work)
    {
        Assert.Equal(CreateOutcome.Created, await Store.CreateAsync(New(), Token));
        await CommitAsync(await TurnAsync() with { NewWork = work });
    }

    private protected async Task<List<string>> KeysAsync() =>
        [.. (await Server.Cli.CallAsync(["KEYS", "*"], Token)).List.Select(key => key!).Order(StringComparer.Ordinal)];

    /// <summary>All that is on the server, byte for byte, but for the sessions.</summary>
    private protected async Task<string> DumpAsync()
    {
        var dumps = new List<string>();
        foreach (var key in (await KeysAsync()).Where(key => !key.EndsWith("}sessions", StringComparison.Ordinal)))
        {
            dumps.Add($"{key} {Convert.ToHexString((await Server.Cli.CallAsync(["DUMP", key], Token)).Bytes!)}");
        }

        return string.Join('\n', dumps);
    }

    private protected async Task<long> MemoryAsync() =>
        long.Parse((await Server.Cli.InfoAsync("used_memory", Token))!, CultureInfo.InvariantCulture);

    private protected Task VerifyAsync() => RedisWorkflowAudit.VerifyAsync(Server, Token);
}
