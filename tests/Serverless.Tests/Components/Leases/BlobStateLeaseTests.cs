using Serverless.Tests.Clients.AzureStorage.Blobs;

namespace Serverless.Tests.Components.Leases;

public sealed class BlobStateLeaseTests(BlobServer server) : StateLeaseStoreContract, IClassFixture<BlobServer>
{
    private readonly string _container = server.NewContainer();

    private protected override string Document => LeaseRegistry.Store(
        "state.azure.blobstorage",
        ("connectionString", server.Server.ConnectionString),
        ("containerName", _container));
}
