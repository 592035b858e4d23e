using Serverless.Components.Workflows.Storage;
using Serverless.Components.Workflows.Storage.AzureTableStorage;
using Serverless.Tests.Clients.AzureStorage.Tables;
using Serverless.Tests.Components.State.AzureTableStorage;

namespace Serverless.Tests.Components.Workflows.Storage.AzureTableStorage;

public sealed class TableStorageWorkflowStoreTests(TableServerFixture fixture) : WorkflowStoreContract, IClassFixture<TableServerFixture>
{
    private readonly string _table = TableServerFixture.NewName();

    private protected override IWorkflowStore CreateStore(string appId) =>
        TableStorageWorkflowStore.Create(TableStores.Context(fixture, _table, TimeProvider.System, ("workflowTableName", _table + "w")), appId);
}
