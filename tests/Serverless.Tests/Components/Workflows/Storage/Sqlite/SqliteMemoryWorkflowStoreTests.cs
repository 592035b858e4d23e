using Serverless.Components.Workflows.Storage;
using Serverless.Tests.Components.State;

namespace Serverless.Tests.Components.Workflows.Storage.Sqlite;

public sealed class SqliteMemoryWorkflowStoreTests : WorkflowStoreContract
{
    private protected override bool IsShared => false;

    private protected override IWorkflowStore CreateStore(string appId) => WorkflowStores.Create(StateContexts.Create("state.in-memory", TimeProvider.System), appId);
}
