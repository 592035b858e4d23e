using Npgsql;
using Serverless.Components.Clients.PostgreSql;
using Serverless.Components.Registry;

namespace Serverless.Components.Workflows.Storage.PostgreSql;

/// <summary>Keeps workflows in PostgreSQL, in tables of their own.</summary>
/// <remarks>
/// A change is one call of a function and one transaction. When nobody knows whether it was made, whoever asks again finds the version,
/// the message or the item as it is; until then the store fails with a message that says so.
/// </remarks>
internal sealed class PostgreSqlWorkflowStore : IWorkflowStore
{
    private const string MissingTable = "; tables are created when the component is loaded, never while it runs";
    private readonly ComponentContext _context;
    private readonly PostgreSqlWorkflowOptions _options;
    private readonly PostgreSqlWorkflowSchema _schema;
    private readonly PostgreSqlWorkflowReads _reads;
    private readonly PostgreSqlWorkflowChanges _changes;
    private readonly PostgreSqlWorkflowQueue _queue;
    private PostgreSqlDatabase? _database;

    public PostgreSqlWorkflowStore(ComponentContext context, PostgreSqlWorkflowOptions options, string appId)
    {
        _context = context;
        _options = options;
        var tables = new PostgreSqlWorkflowTables(options.TablePrefix);
        _schema = new PostgreSqlWorkflowSchema(context.Name, options, tables, appId);
        _reads = new PostgreSqlWorkflowReads(tables, context.Host.Time);
        _changes = new PostgreSqlWorkflowChanges(tables, context.Host.Time);
        _queue = new PostgreSqlWorkflowQueue(tables);
    }

    /// <summary>A claim that finds nothing writes nothing.</summary>
    public TimeSpan PollInterval { get; } = TimeSpan.FromMilliseconds(250);

    private PostgreSqlDatabase Database => _database ?? throw new InvalidOperationException("the store is not initialised");

    public async Task InitializeAsync(CancellationToken cancellationToken)
    {
        try
        {
            _database ??= new PostgreSqlDatabase(_options.PostgreSql, _context.Host.Time, MissingTable);
            await _schema.EnsureAsync(_database, cancellationToken);
        }
        catch (PostgreSqlException failure)
        {
            throw new WorkflowStoreException($"component '{_context.Name}': error connecting to {failure.Message}", failure);
        }
        catch (Exception failure) when (failure is ArgumentException or NotSupportedException)
        {
            // Npgsql's own look at its settings; their names only.
            throw new WorkflowStoreException($"component '{_context.Name}': metadata 'connectionString': {failure.Message}", failure);
        }
    }

    public ValueTask<CreateOutcome> CreateAsync(NewWorkflow workflow, CancellationToken cancellationToken) =>
        WriteAsync((_changes, workflow), static (connection, call, token) => call._changes.CreateAsync(connection, call.workflow, token), cancellationToken);

    public ValueTask<WorkflowRecord?> FindAsync(string instanceId, CancellationToken cancellationToken) =>
        ReadAsync((_reads, instanceId), static (connection, call, token) => call._reads.FindAsync(connection, call.instanceId, token), cancellationToken);

    public ValueTask<LoadedWorkflow?> LoadAsync(string instanceId, KnownVersion known, CancellationToken cancellationToken) =>
        ReadAsync((_reads, instanceId, known), static (connection, call, token) => call._reads.LoadAsync(connection, call.instanceId, call.known, token), cancellationToken);

    public ValueTask<AppendOutcome> AppendAsync(string instanceId, InboxMessage message, Guid? owner, CancellationToken cancellationToken) => WriteAsync(
        (_changes, instanceId, message, owner),
        static (connection, call, token) => call._changes.AppendAsync(connection, call.instanceId, call.message, call.owner, token),
        cancellationToken);

    public ValueTask<CommitResult> CommitAsync(TurnCommit commit, CancellationToken cancellationToken) =>
        WriteAsync((_changes, commit), static (connection, call, token) => call._changes.CommitAsync(connection, call.commit, token), cancellationToken);

    public ValueTask<bool> PurgeAsync(string instanceId, long version, CancellationToken cancellationToken) => WriteAsync(
        (_changes, instanceId, version), static (connection, call, token) => call._changes.PurgeAsync(connection, call.instanceId, call.version, token), cancellationToken);

    public async ValueTask<WorkflowPage?> ListAsync(WorkflowFilter filter, CancellationToken cancellationToken) => WorkflowListPlace.Read(filter.Continuation) is not { } place
        ? null
        : await ReadAsync((_reads, filter, place), static (connection, call, token) => call._reads.ListAsync(connection, call.filter, call.place, token), cancellationToken);

    public ValueTask<ClaimResult> ClaimAsync(WorkClaim claim, CancellationToken cancellationToken) =>
        WriteAsync((_queue, claim), static (connection, call, token) => call._queue.ClaimAsync(connection, call.claim, token), cancellationToken);

    public ValueTask<WorkItem?> ClaimAsync(string instanceId, string workId, Guid owner, CancellationToken cancellationToken) => WriteAsync(
        (_changes, instanceId, workId, owner),
        static (connection, call, token) => call._changes.ClaimAsync(connection, call.instanceId, call.workId, call.owner, token),
        cancellationToken);

    public ValueTask<bool> CompleteAsync(WorkItem item, Guid owner, InboxMessage? result, CancellationToken cancellationToken) => WriteAsync(
        (_changes, item, owner, result), static (connection, call, token) => call._changes.CompleteAsync(connection, call.item, call.owner, call.result, token), cancellationToken);

    public async ValueTask ReleaseAsync(WorkItem item, Guid owner, CancellationToken cancellationToken) => await WriteAsync(
        (_changes, item, owner), static (connection, call, token) => call._changes.ReleaseAsync(connection, call.item, call.owner, token), cancellationToken);

    public ValueTask<IReadOnlyList<WorkItem>> FindOverdueAsync(DateTimeOffset before, DateTimeOffset now, int most, CancellationToken cancellationToken) => WriteAsync(
        (_queue, before, now, most), static (connection, call, token) => call._queue.FindOverdueAsync(connection, call.before, call.now, call.most, token), cancellationToken);

    public ValueTask<bool> KeepSessionAsync(WorkerSession session, bool isNew, CancellationToken cancellationToken) => WriteAsync(
        (_queue, session, isNew), static (connection, call, token) => call._queue.KeepSessionAsync(connection, call.session, call.isNew, token), cancellationToken);

    public async ValueTask EndSessionAsync(Guid session, CancellationToken cancellationToken) => await WriteAsync(
        (_queue, session), static (connection, call, token) => call._queue.EndSessionAsync(connection, call.session, token), cancellationToken);

    public ValueTask<int> ExpireSessionsAsync(DateTimeOffset now, CancellationToken cancellationToken) =>
        WriteAsync((_queue, now), static (connection, call, token) => call._queue.ExpireSessionsAsync(connection, call.now, token), cancellationToken);

    public async ValueTask PutPayloadAsync(string instanceId, string key, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken) => await WriteAsync(
        (_reads, instanceId, key, payload),
        static (connection, call, token) => call._reads.PutPayloadAsync(connection, call.instanceId, call.key, call.payload, token),
        cancellationToken);

    public async ValueTask<ReadOnlyMemory<byte>?> GetPayloadAsync(string instanceId, string key, CancellationToken cancellationToken) => await ReadAsync(
        (_reads, instanceId, key), static (connection, call, token) => call._reads.GetPayloadAsync(connection, call.instanceId, call.key, token), cancellationToken) is { } payload
            ? payload
            : (ReadOnlyMemory<byte>?)null;

    public async ValueTask TrimPayloadsAsync(string instanceId, string prefix, IReadOnlyCollection<string> keep, CancellationToken cancellationToken) => await WriteAsync(
        (_reads, instanceId, prefix, keep),
        static (connection, call, token) => call._reads.TrimPayloadsAsync(connection, call.instanceId, call.prefix, call.keep, token),
        cancellationToken);

    /// <summary>
    /// Every change is one transaction; payloads are left behind by who put them and then made no instance. What a session took while it ended is found by
    /// <see cref="ExpireSessionsAsync"/>.
    /// </summary>
    public async ValueTask RepairAsync(DateTimeOffset now, CancellationToken cancellationToken) => await WriteAsync(
        (_reads, before: now - LoosePayloads.Age), static (connection, call, token) => call._reads.RemoveLooseAsync(connection, call.before, token), cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_database is not null)
        {
            await _database.DisposeAsync();
        }
    }

    private async ValueTask<T> ReadAsync<TState, T>(TState state, Func<NpgsqlConnection, TState, CancellationToken, Task<T>> body, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return await Database.ReadAsync(state, body, _options.Timeout, cancellationToken);
        }
        catch (PostgreSqlException failure)
        {
            throw Failed(failure);
        }
    }

    private async ValueTask<T> WriteAsync<TState, T>(TState state, Func<NpgsqlConnection, TState, CancellationToken, Task<T>> body, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return await Database.WriteAsync(state, body, _options.Timeout, cancellationToken);
        }
        catch (PostgreSqlException failure)
        {
            throw Failed(failure);
        }
    }

    private WorkflowStoreException Failed(PostgreSqlException failure) => new($"component '{_context.Name}': {failure.Message}", failure);
}
