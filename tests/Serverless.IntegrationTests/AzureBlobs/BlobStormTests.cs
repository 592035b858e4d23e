using System.Net;
using Serverless.IntegrationTests.Backends;
using Serverless.IntegrationTests.Load;

namespace Serverless.IntegrationTests.AzureBlobs;

/// <summary>Connections, the server and the container are lost under load: what was acknowledged is there, and the app goes on by itself.</summary>
public sealed class BlobStormTests(BlobApp blobs) : IClassFixture<BlobApp>
{
    private const int Cuts = 40;
    private const int Served = 10;
    private const int Failed = 4;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Connections_ResetAgainAndAgain_ReadsSucceedAndWritesTellTheirFate()
    {
        await using var storm = await Storm.StartPlainAsync(blobs.ProxiedState, Token);
        for (var cut = 0; cut < Cuts; cut++)
        {
            await storm.ServeAsync(2);
            blobs.Proxy.CutAll();
        }

        await storm.ServeAsync(2);

        await storm.AssertNothingLostAsync(blobs.State);
        Assert.Equal(0, storm.FailedReads);
        Assert.True(blobs.Proxy.Accepted > Cuts, $"{blobs.Proxy.Accepted} connections");
    }

    [Fact]
    public async Task Server_RestartsUnderLoad_NothingAcknowledgedIsLost()
    {
        await using var storm = await Storm.StartPlainAsync(blobs.State, Token);
        await storm.ServeAsync(Served);
        await blobs.Server.StopAsync(Token);
        await storm.FailAsync(Failed);
        await blobs.Server.StartAgainAsync(Token);

        await storm.ServeAsync(Served);

        await storm.AssertNothingLostAsync();
    }

    [Fact]
    public async Task Container_DeletedUnderUs_IsToldAndUsedAgainOnceItIsBack()
    {
        using var requests = new AzuriteRequests();
        var container = $"{blobs.Server.BlobEndpoint}/{BlobApp.Container}?restype=container&{AzuriteRequests.AccountSas}";
        Assert.True((await blobs.State.SaveAsync("k", "1", Token)).IsSuccess);
        Assert.Equal(HttpStatusCode.Accepted, (await requests.SendAsync(HttpMethod.Delete, container, null, new Dictionary<string, string>())).Status);

        var read = await blobs.State.GetAsync("k", Token);
        var write = await blobs.State.SaveAsync("k", "2", Token);
        Assert.Equal((HttpStatusCode.InternalServerError, "ERR_STATE_GET"), (read.Status, read.ErrorCode));
        Assert.Equal((HttpStatusCode.InternalServerError, WriteFate.NotMade), (write.Status, write.Fate));
        Assert.All([read, write], answer => Assert.Contains("404 ContainerNotFound", answer.Message, StringComparison.Ordinal));

        Assert.Equal(HttpStatusCode.Created, (await requests.SendAsync(HttpMethod.Put, container, null, new Dictionary<string, string>())).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await blobs.State.GetAsync("k", Token)).Status);
        Assert.True((await blobs.State.SaveAsync("k", "3", Token)).IsSuccess);
        Assert.Equal("3", (await blobs.State.GetAsync("k", Token)).Body);
    }
}
