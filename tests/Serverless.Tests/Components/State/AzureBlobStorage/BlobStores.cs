using Serverless.Components.Registry;
using Serverless.Tests.Clients.AzureStorage.Blobs;

namespace Serverless.Tests.Components.State.AzureBlobStorage;

/// <summary>Builds contexts of blob stores.</summary>
internal static class BlobStores
{
    public const string Type = "state.azure.blobstorage";

    public static ComponentContext Context(params (string Name, string Value)[] items) => StateContexts.Create(Type, TimeProvider.System, items);

    /// <summary>One that is let in by the account's key.</summary>
    public static ComponentContext Context(BlobServer server, string container, params (string Name, string Value)[] items) => Context(
    [
        ("accountName", server.Server.Account),
        ("accountKey", server.Server.Key),
        ("endpoint", $"http://127.0.0.1:{server.Server.BlobPort}"),
        ("containerName", container),
        .. items,
    ]);
}
