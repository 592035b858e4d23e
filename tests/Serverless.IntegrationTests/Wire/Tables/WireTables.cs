namespace Serverless.IntegrationTests.Wire.Tables;

/// <summary>Every row, by name. A duplicate name stops the run.</summary>
internal static class WireTables
{
    public static IReadOnlyDictionary<string, WireCase> All { get; } = new IEnumerable<WireCase>[]
    {
        StateStoreTable.Rows, StateKeyTable.Rows, StateGetTable.Rows, StateSaveTable.Rows, StateSaveErrorTable.Rows,
        StateValueTable.Rows, StateDeleteTable.Rows, StateBulkTable.Rows, Transactional(StateTransactionTable.Rows),
        Transactional(StateTransactionErrorTable.Rows), StateEtagTable.Rows, Transactional(StateTtlTable.Rows), StateRedisTable.Rows, StateBlobTable.Rows, StateTableStorageTable.Rows,
        HealthTable.Rows, MetadataTable.Rows, RouteTable.Rows, EscapingTable.Rows, BodySizeTable.Rows, SecretTable.Rows, BindingTable.Rows, WorkflowTable.Rows,
    }
    .SelectMany(table => table)
    .ToDictionary(row => row.Name, StringComparer.Ordinal);

    private static IEnumerable<WireCase> Transactional(IEnumerable<WireCase> rows) => rows.Select(row => row.On(row.Targets & WireTargets.Transactional));
}
