using Serverless.Backends.Redis;
using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.Workflows;

/// <summary>Workflows in <c>state.redis</c>.</summary>
public sealed class RedisWorkflowFixture : WorkflowFixture
{
    private protected override async Task<(IAsyncDisposable? Server, string? Store)> StartBackendAsync(CancellationToken cancellationToken)
    {
        var server = await RedisServer.StartAsync(cancellationToken);
        return (server, Resources.Component("store", "state.redis", ("redisHost", server.Address), ("actorStateStore", "true")));
    }
}
