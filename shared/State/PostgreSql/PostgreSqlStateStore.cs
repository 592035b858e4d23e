using Serverless.Components.Clients.PostgreSql;
using Serverless.Components.Registry;

namespace Serverless.Components.State.PostgreSql;

/// <summary>Keeps state in PostgreSQL, in the tables of daprd's v2, which reads and writes them too.</summary>
/// <remarks>Dapr docs: reference/components-reference/supported-state-stores/setup-postgresql-v2.</remarks>
internal sealed class PostgreSqlStateStore : ITransactionalStateStore
{
    private const string MissingTable = "; tables are created when the component is loaded, never while it runs";
    private readonly ComponentContext _context;
    private readonly PostgreSqlStateOptions _options;
    private readonly PostgreSqlStateRows _rows;
    private PostgreSqlDatabase? _database;
    private ExpiryCleanup? _cleanup;

    public PostgreSqlStateStore(ComponentContext context)
    {
        _context = context;
        _options = PostgreSqlStateOptions.Read(context);
        _rows = new PostgreSqlStateRows(_options.StateTable);
    }

    public IReadOnlyList<string> Capabilities { get; } = ["ETAG", "TRANSACTIONAL", "TTL", "KEYS_LIKE"];

    public int? MaxTransactionOperations => null;

    private PostgreSqlDatabase Database => _database ?? throw new InvalidOperationException("the store is not initialised");

    public async Task InitializeAsync(CancellationToken cancellationToken)
    {
        try
        {
            _database = new PostgreSqlDatabase(_options.PostgreSql, _context.Host.Time, MissingTable);
            await new PostgreSqlStateSchema(_context, _options).EnsureAsync(_database, cancellationToken);
        }
        catch (PostgreSqlException failure)
        {
            throw new ComponentException($"component '{_context.Name}': error connecting to {failure.Message}", failure);
        }
        catch (Exception failure) when (failure is ArgumentException or NotSupportedException)
        {
            // Npgsql's own look at its settings; their names only.
            throw new ComponentException($"component '{_context.Name}': metadata 'connectionString': {failure.Message}", failure);
        }

        if (_options.CleanupInterval is { } interval)
        {
            var cleanup = new PostgreSqlStateCleanup(_options, interval);
            _cleanup = new ExpiryCleanup(_context, interval, token => cleanup.RunAsync(_database, token));
        }
    }

    public ValueTask<StateEntry?> GetAsync(StateGet request, CancellationToken cancellationToken) =>
        PostgreSqlStateWrite.KeyComplaint(request.Key, "get") is { } complaint
            ? ValueTask.FromException<StateEntry?>(new PostgreSqlException(complaint, null))
            : Database.ReadAsync((_rows, request.Key), static (connection, read, token) => read._rows.FindAsync(connection, read.Key, token), _options.Timeout, cancellationToken);

    public ValueTask<StateResult> SetAsync(StateSet request, CancellationToken cancellationToken) =>
        WriteAsync(new StateOperation(request), cancellationToken);

    public ValueTask<StateResult> DeleteAsync(StateDelete request, CancellationToken cancellationToken) =>
        WriteAsync(new StateOperation(request), cancellationToken);

    public async ValueTask<StateResult> TransactAsync(StateTransaction transaction, CancellationToken cancellationToken)
    {
        if (transaction.Operations.Count == 1)
        {
            return await WriteAsync(transaction.Operations[0], cancellationToken);
        }

        var writes = new PostgreSqlStateWrite[transaction.Operations.Count];
        for (var i = 0; i < writes.Length; i++)
        {
            if (PostgreSqlStateWrite.Check(transaction.Operations[i], out writes[i]) is { Outcome: not StateOutcome.Done } fault)
            {
                return fault;
            }
        }

        var refused = await Database.WriteAsync(
            (_rows, writes), static (connection, all, token) => all._rows.ApplyAsync(connection, all.writes, token), _options.Timeout, cancellationToken);
        return refused < 0 ? StateResult.Done : writes[refused].Refusal;
    }

    public async ValueTask DisposeAsync()
    {
        await (_cleanup?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_database?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    private async ValueTask<StateResult> WriteAsync(StateOperation operation, CancellationToken cancellationToken)
    {
        if (PostgreSqlStateWrite.Check(operation, out var write) is { Outcome: not StateOutcome.Done } fault)
        {
            return fault;
        }

        var isApplied = await Database.WriteAsync(
            (_rows, write), static (connection, one, token) => one._rows.ApplyAsync(connection, one.write, token), _options.Timeout, cancellationToken);
        return isApplied ? StateResult.Done : write.Refusal;
    }
}
