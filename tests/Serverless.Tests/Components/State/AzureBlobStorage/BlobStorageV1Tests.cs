using Serverless.Components.State;
using Serverless.Components.State.AzureBlobStorage;
using Serverless.Tests.Clients.AzureStorage.Blobs;

namespace Serverless.Tests.Components.State.AzureBlobStorage;

[Collection(BlobServerUsers.Name)]
public sealed class BlobStorageV1Tests(BlobServer server) : BlobStorageStoreContract(server)
{
    private protected override IStateStore CreateStore() => BlobStorageStateStore.CreateV1(BlobStores.Context(Server, Container));
}
