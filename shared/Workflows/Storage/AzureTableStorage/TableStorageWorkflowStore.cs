using Serverless.Components.Clients.AzureStorage;
using Serverless.Components.Clients.AzureStorage.Tables;
using Serverless.Components.Registry;

namespace Serverless.Components.Workflows.Storage.AzureTableStorage;

/// <summary>Keeps workflows in a table of Azure Table Storage.</summary>
/// <remarks>
/// One partition per instance, so that a change is one entity group transaction, guarded by the ETags of the instance's row, which only
/// commits change, and of rows that every append changes (<see cref="WorkflowGuard"/>). A commit that does not fit into one transaction is staged first and becomes
/// visible with the one that writes the instance; whoever meets such an instance applies the rest. What finds free items and lists instances are
/// rows that follow the commits and that <see cref="RepairAsync"/> rebuilds. A change whose answer got lost is looked for before it is asked again.
/// </remarks>
internal sealed partial class TableStorageWorkflowStore : IWorkflowStore
{
    private const int MostRemembered = 20_000;

    // Others change the rows between a read and the write that relies on it.
    private const int MostAttempts = 200;
    private const int RequestsAtOnce = 16;
    private readonly WorkflowTable _table;
    private readonly WorkflowTableKeys _keys;
    private readonly WorkflowTableIndex _index;
    private readonly KnownInstances _known = new(MostRemembered);
    private readonly TimeProvider _time;
    private readonly bool _createsTable;
    private long _order;

    /// <summary>A store on a client's table.</summary>
    public TableStorageWorkflowStore(TableClient client, ComponentContext context, string appId, bool createsTable)
    {
        _table = new WorkflowTable(client);
        _keys = new WorkflowTableKeys(appId);
        _index = new WorkflowTableIndex(_table, _keys, context.Logger, context.Host.Time);
        _time = context.Host.Time;
        _createsTable = createsTable;
    }

    /// <inheritdoc/>
    public TimeSpan PollInterval { get; } = TimeSpan.FromSeconds(1);

    /// <summary>The store that a component's metadata ask for.</summary>
    /// <exception cref="ComponentException">They are not usable.</exception>
    public static TableStorageWorkflowStore Create(ComponentContext context, string appId)
    {
        var options = TableStorageWorkflowOptions.Read(context);
        var client = new TableClient(new TableClientOptions { Account = options.Account, Table = options.Table, Service = StorageService.Table, Time = context.Host.Time });
        return new TableStorageWorkflowStore(client, context, appId, !options.SkipCreateTable);
    }

    /// <inheritdoc/>
    public Task InitializeAsync(CancellationToken cancellationToken) => _createsTable ? _table.CreateAsync(cancellationToken) : Task.CompletedTask;

    /// <inheritdoc/>
    public async ValueTask<WorkflowRecord?> FindAsync(string instanceId, CancellationToken cancellationToken) =>
        (await ReadMetaAsync(instanceId, cancellationToken))?.Record;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _index.DisposeAsync();
        _table.Dispose();
    }

    private static WorkflowStoreException Contended(string instanceId) =>
        new($"workflow '{instanceId}': others kept changing its rows, {MostAttempts} times in a row; nothing was written");

    /// <summary>The instance; null when there is none, or when it is being removed.</summary>
    private async ValueTask<WorkflowMetaRow?> ReadMetaAsync(string instanceId, CancellationToken cancellationToken) =>
        WorkflowMetaRow.Read(await _table.GetAsync(_keys.Row(instanceId, WorkflowTableKeys.Meta), cancellationToken)) is { IsPurging: false } meta ? meta : null;

    /// <summary>The guards of an instance, with nothing staged left; null when there is none.</summary>
    private async ValueTask<WorkflowView?> ReadViewAsync(string instanceId, CancellationToken cancellationToken)
    {
        while (true)
        {
            var rows = await _table.ListAsync(_keys.Rows(instanceId, WorkflowTableKeys.Guard, WorkflowTableKeys.Meta), cancellationToken);
            var view = View(rows);
            if (view is null || view.Meta.Staged.Length == 0)
            {
                return view;
            }

            await ApplyStagedAsync(instanceId, cancellationToken);
        }
    }

    // In the order of their keys the guard and the turn item are read before the inbox, so that their ETags tell whether a message came later.
    private static WorkflowView? View(IReadOnlyList<TableEntity> rows) =>
        rows is [.., { Key.RowKey: WorkflowTableKeys.Meta } last] && WorkflowMetaRow.Read(last) is { IsPurging: false } meta
            ? new WorkflowView(
                meta,
                WorkflowGuard.Read(rows),
                [.. rows.Where(IsInbox).Select(row => row.Key.RowKey[WorkflowTableKeys.Inbox.Length..])])
            : null;

    private static bool IsInbox(TableEntity row) => row.Key.RowKey.StartsWith(WorkflowTableKeys.Inbox, StringComparison.Ordinal);

    // Grows with each message of this process, also while the clock stands.
    private long NextOrder()
    {
        while (true)
        {
            var last = Interlocked.Read(ref _order);
            var next = Math.Max(last + 1, _time.GetUtcNow().UtcTicks);
            if (Interlocked.CompareExchange(ref _order, next, last) == last)
            {
                return next;
            }
        }
    }
}
