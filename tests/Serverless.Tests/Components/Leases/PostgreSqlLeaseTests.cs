using Serverless.Tests.Components.State.PostgreSql;

namespace Serverless.Tests.Components.Leases;

public sealed class PostgreSqlLeaseTests(PostgreSqlServerFixture fixture) : StateLeaseStoreContract, IClassFixture<PostgreSqlServerFixture>
{
    private protected override string Document => LeaseRegistry
        .Store("state.postgresql", ("connectionString", fixture.Server.ConnectionString))
        .Replace("version: v1", "version: v2", StringComparison.Ordinal);
}
