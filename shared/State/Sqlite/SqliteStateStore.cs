using Microsoft.Extensions.Logging;
using Serverless.Components.Clients.Sqlite;
using Serverless.Components.Registry;
using Serverless.Components.Settings;

namespace Serverless.Components.State.Sqlite;

/// <summary>Keeps state in a SQLite file, in tables that daprd reads and writes too.</summary>
/// <remarks>Dapr docs: reference/components-reference/supported-state-stores/setup-sqlite.</remarks>
internal sealed partial class SqliteStateStore : ITransactionalStateStore
{
    private readonly ComponentContext _context;
    private readonly SqliteStateOptions _options;
    private readonly SqliteStateRows _rows;
    private SqliteDatabase? _database;
    private ExpiryCleanup? _cleanup;

    public SqliteStateStore(ComponentContext context)
    {
        _context = context;
        _options = SqliteStateOptions.Read(context.Metadata);
        _rows = new SqliteStateRows(_options.TableName, context.Host.Time);
    }

    public IReadOnlyList<string> Capabilities { get; } = ["ETAG", "TRANSACTIONAL", "TTL", "KEYS_LIKE"];

    public int? MaxTransactionOperations => null;

    public string? Storage => _options.Connection.Source.File ?? "memory";

    /// <summary>The open database.</summary>
    internal SqliteDatabase Database => _database ?? throw new InvalidOperationException("the store is not initialised");

    public async Task InitializeAsync(CancellationToken cancellationToken)
    {
        if (_options.Connection.Source.TransactionLock is { } word and not "immediate")
        {
            LogTransactionLock(_context.Logger, _context.Name, word);
        }

        _database = await _options.Connection.OpenAsync(_context, _context.Name, new SqliteStateSchema(_context.Name, _options).Ensure, cancellationToken);
        if (_database.Unapplied != SqliteDifference.None)
        {
            LogUnapplied(_context.Logger, _context.Name, SqliteConnectionSettings.Name(_database.Unapplied), _options.Connection.FileName);
        }

        if (_options.CleanupInterval is { } interval && !_options.Connection.Source.IsReadOnly)
        {
            var cleanup = new SqliteStateCleanup(_options, interval, _context.Host.Time);
            _cleanup = new ExpiryCleanup(_context, interval, token => cleanup.RunAsync(_database, token));
        }
    }

    public ValueTask<StateEntry?> GetAsync(StateGet request, CancellationToken cancellationToken) =>
        Database.ReadAsync((_rows, request.Key), static (connection, read) => read._rows.Find(connection, read.Key), cancellationToken);

    public ValueTask<StateResult> SetAsync(StateSet request, CancellationToken cancellationToken) =>
        WriteOneAsync(new StateOperation(request), cancellationToken);

    public ValueTask<StateResult> DeleteAsync(StateDelete request, CancellationToken cancellationToken) =>
        WriteOneAsync(new StateOperation(request), cancellationToken);

    public ValueTask<StateResult> TransactAsync(StateTransaction transaction, CancellationToken cancellationToken)
    {
        if (transaction.Operations.Count == 1)
        {
            return WriteOneAsync(transaction.Operations[0], cancellationToken);
        }

        var writes = new SqliteStateWrite[transaction.Operations.Count];
        for (var i = 0; i < writes.Length; i++)
        {
            if (SqliteStateWrite.Check(transaction.Operations[i], out writes[i]) is { } complaint)
            {
                return new(StateResult.Rejected(complaint));
            }
        }

        return WriteAsync((_rows, writes), static (connection, all) => ApplyAll(connection, all._rows, all.writes), cancellationToken);
    }

    private static StateResult ApplyAll(SqliteConnection connection, SqliteStateRows rows, SqliteStateWrite[] writes)
    {
        using var savepoint = new SqliteSavepoint(connection);
        foreach (ref readonly var write in writes.AsSpan())
        {
            if (!rows.Apply(connection, write))
            {
                return StateResult.EtagMismatch();
            }
        }

        savepoint.Keep();
        return StateResult.Done;
    }

    private ValueTask<StateResult> WriteOneAsync(StateOperation operation, CancellationToken cancellationToken) =>
        SqliteStateWrite.Check(operation, out var write) is { } complaint
            ? new(StateResult.Rejected(complaint))
            : WriteAsync(
                (_rows, write),
                static (connection, one) => one._rows.Apply(connection, one.write) ? StateResult.Done : StateResult.EtagMismatch(),
                cancellationToken);

    private async ValueTask<StateResult> WriteAsync<TState>(TState state, Func<SqliteConnection, TState, StateResult> body, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(_options.Timeout);
        try
        {
            return await Database.WriteAsync(state, body, deadline.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"SQLite did not get to the write within {_options.Timeout.TotalSeconds:0.###}s; nothing was written");
        }
    }

    [LoggerMessage(LogLevel.Warning, "component '{Component}': _txlock={Word} has no effect, write transactions are always immediate")]
    private static partial void LogTransactionLock(ILogger logger, string component, string word);

    [LoggerMessage(LogLevel.Warning, "component '{Component}': the changed {Settings} takes effect when SQLite file '{File}' is next opened alone; the running instance still has it open")]
    private static partial void LogUnapplied(ILogger logger, string component, string settings, string file);
}
