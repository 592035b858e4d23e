using Serverless.Backends.Azurite;
using Serverless.Components.Clients.AzureRest;
using Serverless.Components.Clients.AzureStorage;
using Serverless.Components.Clients.AzureStorage.Blobs;

namespace Serverless.Tests.Clients.AzureStorage.Blobs;

/// <summary>One Azurite for all tests of blobs; each works in containers of its own.</summary>
public sealed class BlobServer : IAsyncLifetime
{
    private int _containers;

    public AzuriteServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await AzuriteServer.StartAsync(TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    /// <summary>A name that no other test has.</summary>
    public string NewContainer() => $"con-{Interlocked.Increment(ref _containers)}";

    /// <summary>The account, let in by its key.</summary>
    internal StorageAccount Account => StorageConnectionString.Parse(Server.ConnectionString).AccountOf(StorageService.Blob);

    /// <summary>A client of a container that is not there yet.</summary>
    internal BlobContainerClient Client(StorageCredential? credential = null, string? container = null) =>
        new(credential is null ? Account : Account with { Credential = credential }, container ?? NewContainer(), Options);

    /// <summary>A client of a new container.</summary>
    internal async Task<BlobContainerClient> ContainerAsync(BlobAccess access = BlobAccess.None)
    {
        var client = Client();
        Assert.True(await client.CreateContainerAsync(access, TestContext.Current.CancellationToken));
        return client;
    }

    private static AzureRestOptions Options => new() { Service = BlobContainerClient.ServiceName };
}
