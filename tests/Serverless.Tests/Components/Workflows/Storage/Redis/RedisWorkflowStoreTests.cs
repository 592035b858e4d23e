using Serverless.Components.Workflows.Storage;
using Serverless.Components.Workflows.Storage.Redis;
using Serverless.Tests.Clients.Redis;
using Serverless.Tests.Components.State.Redis;

namespace Serverless.Tests.Components.Workflows.Storage.Redis;

public sealed class RedisWorkflowStoreTests(RedisServerFixture fixture) : WorkflowStoreContract, IClassFixture<RedisServerFixture>
{
    private protected override IWorkflowStore CreateStore(string appId) =>
        new RedisWorkflowStore(RedisStores.Context(fixture.Server.Address, TimeProvider.System), appId);

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await RedisWorkflowAudit.VerifyAsync(fixture.Server, CancellationToken.None);
    }
}
