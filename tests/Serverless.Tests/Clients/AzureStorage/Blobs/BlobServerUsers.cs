namespace Serverless.Tests.Clients.AzureStorage.Blobs;

/// <summary>The tests that share <see cref="BlobServer"/>.</summary>
[CollectionDefinition(Name)]
public sealed class BlobServerUsers : ICollectionFixture<BlobServer>
{
    public const string Name = "Azurite's blobs";
}
