using System.Security.Cryptography;
using Serverless.Components.Clients.AzureRest;
using Serverless.Components.Clients.AzureStorage.Blobs;
using Serverless.Components.Registry;
using Serverless.Components.Registry.Resources;
using Serverless.Components.State;
using Serverless.Components.State.AzureBlobStorage;
using Serverless.Tests.Clients.AzureStorage.Blobs;
using Serverless.Tests.Functions.Http;

namespace Serverless.Tests.Components.State.AzureBlobStorage;

[Collection(BlobServerUsers.Name)]
public sealed class BlobStorageInitTests(BlobServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("", true)]
    [InlineData("v0", true)]
    [InlineData("v1", true)]
    [InlineData("V2", false)]
    public async Task Version_First_IsDeprecatedOnce(string version, bool isV1)
    {
        using var log = new LogCapture();
        var catalog = new ComponentCatalog();
        StateComponents.Register(catalog);
        var definition = new ComponentDefinition
        {
            Key = new ResourceKey(ResourceKey.Component, "statestore"),
            Hash = "",
            Origin = "test",
            Type = BlobStores.Type,
            Version = version,
        };
        await using var component = Assert.IsType<StateStoreComponent>(catalog.Find(definition)(BlobStores.Context(server, server.NewContainer()).LoggingTo(log)));

        await component.InitializeAsync(Token);
        await component.Store.GetAsync(new StateGet("k", "", StateMetadata.Empty), Token);

        string[] expected = isV1 ? ["Warning: state store state.azure.blobstorage/v1 is deprecated, please use state.azure.blobstorage/v2, which keeps the keys of different apps apart"] : [];
        Assert.Equal(expected, log.Messages);
        Assert.Equal(["ETAG"], component.Capabilities);
        Assert.Null(component.Transactional);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("blob")]
    [InlineData("container")]
    public async Task Container_Missing_IsMadeWithItsAccess(string access)
    {
        var container = server.NewContainer();
        await using var store = BlobStorageStateStore.CreateV2(BlobStores.Context(server, container, ("publicAccessLevel", access)));
        await store.InitializeAsync(Token);
        await store.InitializeAsync(Token);
        using var http = new HttpClient(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(5) });

        using var list = await http.GetAsync(new Uri($"{server.Server.BlobEndpoint}/{container}?restype=container&comp=list"), Token);

        Assert.Equal(access == "container", list.IsSuccessStatusCode);
    }

    [Fact]
    public async Task EntityManagement_Disabled_MakesNoContainerAndTellsItIsMissing()
    {
        var container = server.NewContainer();
        await using var store = BlobStorageStateStore.CreateV2(BlobStores.Context(server, container, ("disableEntityManagement", "true")));
        await store.InitializeAsync(Token);

        foreach (var act in (Func<Task>[])
        [
            async () => await store.GetAsync(new StateGet("k", "", StateMetadata.Empty), Token),
            async () => await store.SetAsync(new StateSet { Key = "k", Value = "1"u8.ToArray() }, Token),
            async () => await store.DeleteAsync(new StateDelete { Key = "k" }, Token),
        ])
        {
            var fault = await Assert.ThrowsAsync<AzureServiceException>(act);
            Assert.Equal("ContainerNotFound", fault.Code);
        }

        using var client = server.Client(container: container);
        Assert.True(await client.CreateContainerAsync(BlobAccess.None, Token));
        Assert.Null(await store.GetAsync(new StateGet("k", "", StateMetadata.Empty), Token));
    }

    [Fact]
    public async Task ConnectionString_InPlaceOfAll_IsEnough()
    {
        await using var store = BlobStorageStateStore.CreateV2(BlobStores.Context(
            ("connectionString", server.Server.ConnectionString), ("containerName", server.NewContainer())));
        await store.InitializeAsync(Token);

        Assert.Equal(StateResult.Done, await store.SetAsync(new StateSet { Key = "k", Value = "1"u8.ToArray() }, Token));
    }

    [Fact]
    public async Task Key_Wrong_FailsWithoutNamingIt()
    {
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(64));
        await using var store = BlobStorageStateStore.CreateV2(BlobStores.Context(
            ("accountName", server.Server.Account), ("accountKey", key), ("endpoint", $"http://127.0.0.1:{server.Server.BlobPort}"), ("containerName", "con")));

        var fault = await Assert.ThrowsAsync<ComponentException>(() => store.InitializeAsync(Token));

        Assert.StartsWith("component 'statestore': failed to create container con: Blob Storage create container: the service answered 403 ", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(key, fault.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Leased_Blob_IsAFaultOfItsOwn()
    {
        var container = server.NewContainer();
        await using var store = BlobStorageStateStore.CreateV2(BlobStores.Context(server, container));
        await store.InitializeAsync(Token);
        await store.SetAsync(new StateSet { Key = "k", Value = "1"u8.ToArray() }, Token);
        using var client = server.Client(container: container);
        await client.AcquireLeaseAsync("k", Guid.NewGuid(), null, Token);

        var fault = await Assert.ThrowsAsync<AzureServiceException>(async () => await store.SetAsync(new StateSet { Key = "k", Value = "2"u8.ToArray() }, Token));

        Assert.Equal("LeaseIdMissing", fault.Code);
    }
}
