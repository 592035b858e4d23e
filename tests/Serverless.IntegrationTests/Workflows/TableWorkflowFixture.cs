using Serverless.Backends.Azurite;
using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.Workflows;

/// <summary>Workflows in <c>state.azure.tablestorage</c>.</summary>
public sealed class TableWorkflowFixture : WorkflowFixture
{
    private protected override async Task<(IAsyncDisposable? Server, string? Store)> StartBackendAsync(CancellationToken cancellationToken)
    {
        var server = await AzuriteServer.StartAsync(cancellationToken);
        return (server, Resources.Component("store", "state.azure.tablestorage", ("connectionString", server.ConnectionString), ("tableName", "state"), ("actorStateStore", "true")));
    }
}
