using Serverless.Backends.PostgreSql;
using Serverless.IntegrationTests.PostgreSql;

namespace Serverless.IntegrationTests.Workflows;

/// <summary>Workflows in <c>state.postgresql</c>.</summary>
public sealed class PostgreSqlWorkflowFixture : WorkflowFixture
{
    private protected override async Task<(IAsyncDisposable? Server, string? Store)> StartBackendAsync(CancellationToken cancellationToken)
    {
        var server = await PostgreSqlServer.StartAsync(cancellationToken);
        return (server, PostgreSqlApp.Store(server.ConnectionString, ("actorStateStore", "true")));
    }
}
