using Serverless.Components.Workflows.Storage;
using Serverless.Tests.Components.State.Sqlite;

namespace Serverless.Tests.Components.Workflows.Storage.Sqlite;

public sealed class SqliteWorkflowStoreTests : WorkflowStoreContract
{
    private readonly SqliteFolder _folder = new();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }

    private protected override IWorkflowStore CreateStore(string appId) => WorkflowStores.Create(_folder.Context(TimeProvider.System), appId);
}
