using Serverless.Components.Clients.AzureRest;
using Serverless.Components.Clients.AzureStorage;
using Serverless.Components.Clients.AzureStorage.Tables;
using Serverless.Components.Registry;

namespace Serverless.Components.State.AzureTableStorage;

/// <summary>Keeps state in Azure Table Storage, in rows that daprd reads and writes too.</summary>
/// <remarks>Dapr docs: reference/components-reference/supported-state-stores/setup-azure-tablestorage.</remarks>
internal partial class TableStorageStateStore : IStateStore
{
    // Others change the rows between a read and the write that relies on it.
    private const int MostAttempts = 10;
    private readonly TableStateKeys _keys;
    private TableClient? _client;

    private protected TableStorageStateStore(ComponentContext context, TableStorageStateOptions options)
    {
        Context = context;
        Options = options;
        _keys = new TableStateKeys(options.HasExtensions, options.IsCosmos);
    }

    public virtual IReadOnlyList<string> Capabilities { get; } = ["ETAG"];

    private protected ComponentContext Context { get; }

    private protected TableStorageStateOptions Options { get; }

    private protected TableClient Client => _client ?? throw new InvalidOperationException("the store is not initialised");

    private DateTimeOffset Now => Context.Host.Time.GetUtcNow();

    /// <summary>The store that the component's metadata ask for.</summary>
    /// <exception cref="ComponentException">They are not usable.</exception>
    public static TableStorageStateStore Create(ComponentContext context)
    {
        var options = TableStorageStateOptions.Read(context);
        return options.HasExtensions ? new ExtendedTableStorageStateStore(context, options) : new TableStorageStateStore(context, options);
    }

    public virtual async Task InitializeAsync(CancellationToken cancellationToken)
    {
        _client = new TableClient(new TableClientOptions
        {
            Account = Options.Account,
            Table = Options.Table,
            Service = Options.IsCosmos ? StorageService.CosmosTable : StorageService.Table,
            Time = Context.Host.Time,
        });
        if (Options.SkipCreateTable)
        {
            return;
        }

        try
        {
            await _client.CreateTableAsync(cancellationToken);
        }
        catch (AzureException fault)
        {
            var hint = fault is AzureServiceException { Status: 403, Code: "AuthorizationPermissionMismatch" }
                ? "; where the table exists, skipCreateTable=true does without that permission"
                : "";
            throw new ComponentException(
                $"component '{Context.Name}': table '{Options.Table}' at {Options.Account.Endpoint.Authority} can't be created: {fault.Message}{hint}", fault);
        }
    }

    public async ValueTask<StateEntry?> GetAsync(StateGet request, CancellationToken cancellationToken)
    {
        var row = await Client.GetAsync<TableStateRow>(_keys.Map(request.Key), null, static (ref reader) => TableStateRow.Read(ref reader), cancellationToken);
        if (row?.Value is not { } value)
        {
            return null;
        }

        return !Options.HasExtensions ? new StateEntry(value, row.ETag)
            : row.IsExpired(Now) ? null
            : new StateEntry(value, row.ETag, row.ExpiresAt);
    }

    public ValueTask<StateResult> SetAsync(StateSet request, CancellationToken cancellationToken) => ChangeAsync([new StateOperation(request)], cancellationToken);

    public ValueTask<StateResult> DeleteAsync(StateDelete request, CancellationToken cancellationToken) => ChangeAsync([new StateOperation(request)], cancellationToken);

    public virtual ValueTask DisposeAsync()
    {
        _client?.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
