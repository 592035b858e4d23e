using Serverless.Components.Workflows.Storage;
using Serverless.Components.Workflows.Storage.Redis;
using Serverless.Tests.Clients.Redis.Cluster;
using Serverless.Tests.Components.State.Redis;

namespace Serverless.Tests.Components.Workflows.Storage.Redis;

public sealed class RedisWorkflowClusterTests(RedisClusterFixture fixture) : WorkflowStoreContract, IClassFixture<RedisClusterFixture>
{
    private protected override IWorkflowStore CreateStore(string appId) => new RedisWorkflowStore(
        RedisStores.Context(fixture.Servers.Addresses, TimeProvider.System, ("redisType", "cluster"), ("redisPassword", "secret")), appId);

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        foreach (var node in fixture.Servers.Primaries)
        {
            await RedisWorkflowAudit.VerifyAsync(node.Server, CancellationToken.None);
        }
    }
}
