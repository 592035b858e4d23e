using System.Net;
using Serverless.IntegrationTests.Backends;
using Serverless.IntegrationTests.Load;

namespace Serverless.IntegrationTests.AzureBlobs;

/// <summary>The container is lost, too.</summary>
public sealed class BlobStormTests(BlobApp blobs) : AzuriteStormTests<BlobApp>(blobs)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Container_DeletedUnderUs_IsToldAndUsedAgainOnceItIsBack()
    {
        using var requests = new AzuriteRequests();
        var container = $"{Stores.Server.BlobEndpoint}/{BlobApp.Container}?restype=container&{AzuriteRequests.AccountSas}";
        Assert.True((await Stores.State.SaveAsync("k", "1", Token)).IsSuccess);
        Assert.Equal(HttpStatusCode.Accepted, (await requests.SendAsync(HttpMethod.Delete, container, null, new Dictionary<string, string>())).Status);

        var read = await Stores.State.GetAsync("k", Token);
        var write = await Stores.State.SaveAsync("k", "2", Token);
        Assert.Equal((HttpStatusCode.InternalServerError, "ERR_STATE_GET"), (read.Status, read.ErrorCode));
        Assert.Equal((HttpStatusCode.InternalServerError, WriteFate.NotMade), (write.Status, write.Fate));
        Assert.All([read, write], answer => Assert.Contains("404 ContainerNotFound", answer.Message, StringComparison.Ordinal));

        Assert.Equal(HttpStatusCode.Created, (await requests.SendAsync(HttpMethod.Put, container, null, new Dictionary<string, string>())).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await Stores.State.GetAsync("k", Token)).Status);
        Assert.True((await Stores.State.SaveAsync("k", "3", Token)).IsSuccess);
        Assert.Equal("3", (await Stores.State.GetAsync("k", Token)).Body);
    }
}
