using Serverless.Components.Clients.Sqlite;
using Serverless.Components.Registry;

namespace Serverless.Components.Workflows.Storage.Sqlite;

/// <summary>Keeps workflows in a SQLite file, in tables of their own.</summary>
/// <remarks>
/// A change is one transaction on the file's only writer, which commits many callers' changes at once. A change that failed was not made,
/// unless the process died: then whoever asks again finds the version, the message or the item as it is.
/// </remarks>
internal sealed partial class SqliteWorkflowStore : IWorkflowStore
{
    private readonly ComponentContext _context;
    private readonly SqliteWorkflowOptions _options;
    private readonly SqliteWorkflowTables _tables;
    private readonly SqliteWorkflowSchema _schema;
    private readonly SqliteWorkflowInstances _instances;
    private readonly SqliteWorkflowInbox _inbox;
    private readonly SqliteWorkflowItems _items;
    private readonly SqliteWorkflowQueue _queue;
    private readonly SqliteWorkflowSessions _sessions;
    private readonly SqliteWorkflowPayloads _payloads;
    private readonly SqliteWorkflowTurns _turns;
    private SqliteDatabase? _database;

    public SqliteWorkflowStore(ComponentContext context, SqliteWorkflowOptions options, string appId)
    {
        _context = context;
        _options = options;
        _tables = new SqliteWorkflowTables(options.TablePrefix);
        _schema = new SqliteWorkflowSchema(context.Name, options, _tables, appId);
        _sessions = new SqliteWorkflowSessions(_tables);
        _instances = new SqliteWorkflowInstances(_tables);
        _inbox = new SqliteWorkflowInbox(_tables);
        _items = new SqliteWorkflowItems(_tables, _sessions, context.Host.Time);
        _queue = new SqliteWorkflowQueue(_tables, _items, _sessions);
        _payloads = new SqliteWorkflowPayloads(_tables, context.Host.Time);
        _turns = new SqliteWorkflowTurns(_instances, _inbox, _items, _payloads);
    }

    /// <summary>A look into an index costs next to nothing.</summary>
    public TimeSpan PollInterval { get; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The open database.</summary>
    internal SqliteDatabase Database => _database ?? throw new InvalidOperationException("the store is not initialised");

    public async Task InitializeAsync(CancellationToken cancellationToken)
    {
        try
        {
            // Under a name of its own, beside the state store that has the same file open.
            _database = await _options.Connection.OpenAsync(_context, $"{_context.Name} (workflows)", _schema.Ensure, cancellationToken);
        }
        catch (ComponentException failure)
        {
            throw new WorkflowStoreException(failure.Message, failure);
        }
    }

    public ValueTask<CreateOutcome> CreateAsync(NewWorkflow workflow, CancellationToken cancellationToken) =>
        WriteAsync((_turns, workflow), static (connection, call) => call._turns.Create(connection, call.workflow), cancellationToken);

    public ValueTask<WorkflowRecord?> FindAsync(string instanceId, CancellationToken cancellationToken) =>
        ReadAsync((_instances, instanceId), static (connection, call) => call._instances.Read(connection, call.instanceId)?.Record, cancellationToken);

    public ValueTask<LoadedWorkflow?> LoadAsync(string instanceId, KnownVersion known, CancellationToken cancellationToken) =>
        ReadAsync((this, instanceId, known), static (connection, call) => call.Item1.Load(connection, call.instanceId, call.known), cancellationToken);

    public ValueTask<AppendOutcome> AppendAsync(string instanceId, InboxMessage message, Guid? owner, CancellationToken cancellationToken) => WriteAsync(
        (_turns, instanceId, message, owner), static (connection, call) => call._turns.Append(connection, call.instanceId, call.message, call.owner), cancellationToken);

    public ValueTask<CommitResult> CommitAsync(TurnCommit commit, CancellationToken cancellationToken) =>
        WriteAsync((_turns, commit), static (connection, call) => call._turns.Commit(connection, call.commit), cancellationToken);

    public ValueTask<bool> PurgeAsync(string instanceId, long version, CancellationToken cancellationToken) =>
        WriteAsync((_turns, instanceId, version), static (connection, call) => call._turns.Purge(connection, call.instanceId, call.version), cancellationToken);

    public async ValueTask<WorkflowPage?> ListAsync(WorkflowFilter filter, CancellationToken cancellationToken) => WorkflowListPlace.Read(filter.Continuation) is not { } place
        ? null
        : await ReadAsync(
            (_instances, filter, place),
            static (connection, call) =>
            {
                var (instances, filter, place) = call;
                var found = instances.List(connection, filter, place, filter.PageSize + 1);
                var records = found.Take(filter.PageSize).Select(instance => instance.Record).ToList();
                return new WorkflowPage(records, found.Count <= filter.PageSize ? null : new WorkflowListPlace(records[^1].CreatedAt.UtcTicks, found[^2].Number).ToString());
            },
            cancellationToken);

    public ValueTask PutPayloadAsync(string instanceId, string key, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken) => WriteAsync(
        (_payloads, instanceId, key, payload), static (connection, call) => call._payloads.Put(connection, call.instanceId, call.key, call.payload), cancellationToken);

    public ValueTask<ReadOnlyMemory<byte>?> GetPayloadAsync(string instanceId, string key, CancellationToken cancellationToken) => ReadAsync(
        (_payloads, instanceId, key),
        static (connection, call) => call._payloads.Get(connection, call.instanceId, call.key) is { } payload ? new ReadOnlyMemory<byte>(payload) : (ReadOnlyMemory<byte>?)null,
        cancellationToken);

    public ValueTask TrimPayloadsAsync(string instanceId, string prefix, IReadOnlyCollection<string> keep, CancellationToken cancellationToken) => WriteAsync(
        (_payloads, instanceId, prefix, keep), static (connection, call) => call._payloads.Trim(connection, call.instanceId, call.prefix, call.keep), cancellationToken);

    /// <summary>Every change is one transaction; only payloads can be left behind, by who put them and then made no instance.</summary>
    public async ValueTask RepairAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var before = now - LoosePayloads.Age;
        if (await ReadAsync((_payloads, before), static (connection, call) => call._payloads.HasLoose(connection, call.before), cancellationToken))
        {
            await WriteAsync((_payloads, before), static (connection, call) => call._payloads.RemoveLoose(connection, call.before), cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_database is not null)
        {
            await _database.DisposeAsync();
        }
    }

    private LoadedWorkflow? Load(SqliteConnection connection, string instanceId, KnownVersion known)
    {
        if (_instances.Read(connection, instanceId) is not { } found)
        {
            return null;
        }

        var isKnown = known.Version > 0 && known.ExecutionId == found.Record.ExecutionId && known.Version <= found.Record.Version;
        return new LoadedWorkflow(
            found.Record,
            !isKnown,
            isKnown && known.Version == found.Record.Version ? [] : _instances.ReadHistory(connection, found.Number, isKnown ? known.Version : 0),
            _inbox.Read(connection, found.Number));
    }
}
