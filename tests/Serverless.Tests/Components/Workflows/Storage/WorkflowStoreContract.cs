using System.Text;
using Serverless.Components.Workflows;
using Serverless.Components.Workflows.Storage;

namespace Serverless.Tests.Components.Workflows.Storage;

/// <summary>What every store of workflows must do; one subclass per backend. Two processes share what is stored.</summary>
public abstract partial class WorkflowStoreContract : IAsyncLifetime
{
    private protected const string Id = "order-1";
    private static int _apps;
    private readonly List<IWorkflowStore> _opened = [];

    private protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Now, as the callers of the store see it; the store's own clock, if it has one, is the real one.</summary>
    private protected DateTimeOffset Start { get; } = new(TimeProvider.System.GetUtcNow().Ticks / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond, TimeSpan.Zero);

    /// <summary>Late enough for everything that is due now, whatever the store's clock says.</summary>
    private protected DateTimeOffset Soon => Start.AddMinutes(10);

    private protected string AppId { get; } = $"app-{Environment.ProcessId}-{Interlocked.Increment(ref _apps)}";

    /// <summary>The store as the process of session <see cref="Me"/> has it.</summary>
    private protected IWorkflowStore Store { get; private set; } = null!;

    /// <summary>The store as another process has it; the same where what is stored belongs to one process.</summary>
    private protected IWorkflowStore Other { get; private set; } = null!;

    private protected Guid Me { get; } = Guid.NewGuid();

    private protected Guid You { get; } = Guid.NewGuid();

    /// <summary>False when what is stored belongs to one process.</summary>
    private protected virtual bool IsShared => true;

    /// <summary>A store of an app, not yet initialised.</summary>
    private protected abstract IWorkflowStore CreateStore(string appId);

    public virtual async ValueTask InitializeAsync()
    {
        Store = await OpenAsync(AppId);
        Other = IsShared ? await OpenAsync(AppId) : Store;
        await OpenSessionAsync(Me);
        await OpenSessionAsync(You);
    }

    public virtual async ValueTask DisposeAsync()
    {
        foreach (var store in _opened)
        {
            await store.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    private protected async Task<IWorkflowStore> OpenAsync(string appId)
    {
        var store = CreateStore(appId);
        _opened.Add(store);
        await store.InitializeAsync(Cancellation);
        return store;
    }

    private protected static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private protected static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    private protected async Task OpenSessionAsync(Guid id, DateTimeOffset? expiry = null) =>
        Assert.True(await Store.KeepSessionAsync(new WorkerSession(id, "machine/1", expiry ?? Start.AddHours(1)), isNew: true, Cancellation));

    private protected static InboxMessage Message(string id, string? execution = null) => new(id, execution, Bytes($"event {id}"));

    private protected NewWorkflow New(string id = Id, string execution = "e1", string message = "start", Guid? owner = null, DateTimeOffset? due = null, string name = "Order", DateTimeOffset? created = null) => new()
    {
        Record = new WorkflowRecord
        {
            InstanceId = id,
            Name = name,
            ExecutionId = execution,
            Version = 0,
            Status = WorkflowRuntimeStatus.Pending,
            CreatedAt = created ?? Start,
            UpdatedAt = created ?? Start,
            Start = Bytes($"input of {execution}"),
        },
        First = Message(message, execution),
        Owner = owner,
        Due = due ?? Start,
    };

    /// <summary>Creates an instance whose turn is mine.</summary>
    private protected async Task CreateAsync(string id = Id, string execution = "e1", string message = "start") =>
        Assert.Equal(CreateOutcome.Created, await Store.CreateAsync(New(id, execution, message, Me), Cancellation));

    private protected async Task<LoadedWorkflow> LoadAsync(string id = Id) =>
        await Other.LoadAsync(id, KnownVersion.None, Cancellation) ?? throw new InvalidOperationException($"{id} is not there");

    private protected WorkItem Item(string workId, WorkKind kind = WorkKind.Activity, Guid? owner = null, DateTimeOffset? due = null, string id = Id) => new()
    {
        InstanceId = id,
        WorkId = workId,
        Kind = kind,
        Name = kind == WorkKind.Activity ? "Charge" : "Order",
        Due = due ?? Start,
        Owner = owner,
        Content = Bytes($"{kind} {workId}"),
    };

    /// <summary>A turn of mine that takes all that was loaded.</summary>
    private protected TurnCommit Turn(LoadedWorkflow loaded, params WorkItem[] work) => new()
    {
        Record = loaded.Record with
        {
            Version = loaded.Record.Version + 1,
            Status = WorkflowRuntimeStatus.Running,
            UpdatedAt = Start.AddSeconds(loaded.Record.Version + 1),
        },
        ExpectedExecutionId = loaded.Record.ExecutionId,
        History = [Bytes($"turn {loaded.Record.Version + 1}")],
        Consumed = [.. loaded.Inbox.Select(message => message.Id)],
        Owner = Me,
        NewWork = work,
    };

    private protected static TurnCommit Ending(TurnCommit turn, WorkflowRuntimeStatus status = WorkflowRuntimeStatus.Completed) => turn with
    {
        Record = turn.Record with { Status = status, Outcome = Bytes($"outcome of {turn.Record.ExecutionId}") },
        Ends = true,
    };

    private protected async Task<CommitResult> CommitAsync(TurnCommit commit) => await Store.CommitAsync(commit, Cancellation);

    /// <summary>An instance that has taken its first message and has this work.</summary>
    private protected async Task<LoadedWorkflow> RunAsync(params WorkItem[] work)
    {
        await CreateAsync();
        Assert.Equal(new CommitResult(CommitOutcome.Committed), await CommitAsync(Turn(await LoadAsync(), work)));
        return await LoadAsync();
    }

    private protected async Task<IReadOnlyList<string>> InboxAsync(string id = Id) => [.. (await LoadAsync(id)).Inbox.Select(message => message.Id)];

    private protected static string Describe(WorkflowRecord record) =>
        $"{record.InstanceId} {record.Name} {record.ExecutionId} v{record.Version} {record.Status} {record.CreatedAt:O} {record.UpdatedAt:O} '{Text(record.Start)}' '{Text(record.Outcome)}'";

    private protected static string Describe(WorkItem item) => $"{item.InstanceId}/{item.WorkId} {item.Kind} {item.Name} due {item.Due:O} '{Text(item.Content)}'";

    /// <summary>All that can be seen of an instance, items by name; looking changes nothing.</summary>
    private protected async Task<string> DumpAsync(string id, params string[] workIds)
    {
        var dump = new StringBuilder();
        if (await Other.LoadAsync(id, KnownVersion.None, Cancellation) is { } loaded)
        {
            dump.AppendLine(Describe(loaded.Record));
            dump.AppendJoin('\n', loaded.History.Select(Text)).AppendLine();
            dump.AppendJoin('\n', loaded.Inbox.Select(message => $"{message.Id} {message.ExecutionId} {Text(message.Event)}")).AppendLine();
        }

        var probe = Guid.NewGuid();
        await OpenSessionAsync(probe);
        foreach (var workId in workIds.Append(WorkItem.TurnId))
        {
            dump.AppendLine($"{workId}: {await StateOfAsync(id, workId, probe)}");
        }

        await Store.EndSessionAsync(probe, Cancellation);
        return dump.ToString();
    }

    private protected async Task<string> StateOfAsync(string id, string workId)
    {
        var probe = Guid.NewGuid();
        await OpenSessionAsync(probe);
        var state = await StateOfAsync(id, workId, probe);
        await Store.EndSessionAsync(probe, Cancellation);
        return state.Split(' ')[0];
    }

    private async Task<string> StateOfAsync(string id, string workId, Guid probe)
    {
        if (await Other.ClaimAsync(id, workId, probe, Cancellation) is { } free)
        {
            Assert.Equal(probe, free.Owner);
            await Other.ReleaseAsync(free, probe, Cancellation);
            return $"free {(workId == WorkItem.TurnId ? "" : Describe(free))}";
        }

        foreach (var (name, owner) in new[] { ("mine", Me), ("yours", You) })
        {
            if (await Store.ClaimAsync(id, workId, owner, Cancellation) is { } owned)
            {
                return $"{name} {(workId == WorkItem.TurnId ? "" : Describe(owned))}";
            }
        }

        return "gone";
    }
}
