using System.Globalization;
using Npgsql;
using Serverless.Components.Clients.PostgreSql;
using Serverless.Components.Registry;

namespace Serverless.Components.Bindings.PostgreSql;

/// <summary>Runs the caller's statements in PostgreSQL.</summary>
/// <remarks>
/// Dapr docs: reference/components-reference/supported-bindings/postgresql. Any statement may write, a query too, so that none is repeated
/// once it may have been executed.
/// </remarks>
internal sealed class PostgreSqlBinding : IOutputBinding
{
    private const string Exec = "exec";
    private const string Close = "close";
    private const string Closed = "component is closed";
    private readonly ComponentContext _context;
    private readonly PostgreSqlBindingOptions _options;
    private PostgreSqlDatabase? _database;
    private int _isClosed;

    public PostgreSqlBinding(ComponentContext context)
    {
        _context = context;
        _options = PostgreSqlBindingOptions.Read(context);
    }

    public IReadOnlyList<string> Operations { get; } = [Exec, "query", Close];

    public IReadOnlyList<string> Capabilities { get; } = [];

    private PostgreSqlDatabase Database => _database ?? throw new InvalidOperationException("the binding is not initialised");

    public async Task InitializeAsync(CancellationToken cancellationToken)
    {
        try
        {
            _database = new PostgreSqlDatabase(_options.PostgreSql, _context.Host.Time);
            await _database.ReadAsync(new PostgreSqlCall("SELECT 1", []), PostgreSqlCall.ExecuteAsync, _options.Timeout, cancellationToken);
        }
        catch (PostgreSqlException fault)
        {
            throw new ComponentException($"component '{_context.Name}': failed to ping the DB: {fault.Message}", fault);
        }
        catch (Exception fault) when (fault is ArgumentException or NpgsqlException)
        {
            throw new ComponentException($"component '{_context.Name}': unable to connect to the DB: {fault.Message}", fault);
        }
    }

    public async ValueTask<BindingResponse?> InvokeAsync(BindingRequest request, CancellationToken cancellationToken)
    {
        if (request.Operation == Close)
        {
            await DisposeAsync();
            return null;
        }

        if (Volatile.Read(ref _isClosed) != 0)
        {
            throw new BindingException(Closed);
        }

        var call = new PostgreSqlCall(request.Required("sql"), PostgreSqlParameters.Read(request.Text("params")));
        var started = _context.Host.Time.GetUtcNow();
        var ticks = _context.Host.Time.GetTimestamp();
        var metadata = new Dictionary<string, string>
        {
            ["operation"] = request.Operation,
            ["sql"] = call.Text,
            ["start-time"] = GoTime.Format(started),
        };
        ReadOnlyMemory<byte> data = default;
        try
        {
            if (request.Operation == Exec)
            {
                var rows = await Database.WriteAsync(call, PostgreSqlCall.ExecuteAsync, _options.Timeout, cancellationToken);
                metadata["rows-affected"] = rows.ToString(CultureInfo.InvariantCulture);
            }
            else
            {
                data = await Database.WriteAsync(call, PostgreSqlCall.QueryAsync, _options.Timeout, cancellationToken);
            }
        }
        catch (PostgreSqlException fault)
        {
            throw new BindingException($"error executing query: {fault.Message}", fault);
        }
        catch (ObjectDisposedException fault) when (Volatile.Read(ref _isClosed) != 0)
        {
            throw new BindingException(Closed, fault);
        }

        var duration = _context.Host.Time.GetElapsedTime(ticks);
        metadata["end-time"] = GoTime.Format(started + duration);
        metadata["duration"] = GoTime.Format(duration);
        return new BindingResponse { Data = data, Metadata = metadata };
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isClosed, 1) == 0 && _database is { } database)
        {
            await database.DisposeAsync();
        }
    }
}
