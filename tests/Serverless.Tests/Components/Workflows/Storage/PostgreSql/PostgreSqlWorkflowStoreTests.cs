using Serverless.Components.Workflows.Storage;
using Serverless.Tests.Components.State.PostgreSql;

namespace Serverless.Tests.Components.Workflows.Storage.PostgreSql;

public sealed class PostgreSqlWorkflowStoreTests(PostgreSqlServerFixture fixture) : WorkflowStoreContract, IClassFixture<PostgreSqlServerFixture>
{
    private protected override IWorkflowStore CreateStore(string appId) =>
        WorkflowStores.Create(PostgreSqlStores.Context(fixture.Server.ConnectionString, TimeProvider.System), appId);
}
