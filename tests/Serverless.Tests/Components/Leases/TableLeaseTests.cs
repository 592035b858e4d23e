using Serverless.Tests.Clients.AzureStorage.Tables;

namespace Serverless.Tests.Components.Leases;

public sealed class TableLeaseTests(TableServerFixture fixture) : StateLeaseStoreContract, IClassFixture<TableServerFixture>
{
    private protected override string Document => LeaseRegistry.Store(
        "state.azure.tablestorage",
        ("accountName", fixture.Server.Account),
        ("accountKey", fixture.Server.Key),
        ("serviceURL", fixture.Server.TableEndpoint),
        ("tableName", "leases"));
}
