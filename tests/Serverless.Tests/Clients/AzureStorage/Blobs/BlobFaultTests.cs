using System.Text;
using Serverless.Components.Clients.AzureRest;
using Serverless.Components.Clients.AzureStorage.Blobs;
using static Serverless.Tests.Clients.AzureStorage.Blobs.ScriptedBlobs;

namespace Serverless.Tests.Clients.AzureStorage.Blobs;

/// <summary>What goes wrong between us and the service, and what the service rarely says.</summary>
public sealed class BlobFaultTests
{
    private static readonly BlobUpload One = new("1"u8.ToArray());

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(429, "TooManyRequests")]
    [InlineData(503, "ServerBusy")]
    public async Task Put_Busy_WaitsAsLongAsToldAndIsRepeated(int status, string code)
    {
        await using var blobs = await StartAsync(Answer(status, code, headers: ("Retry-After", "1")), Answer(201, headers: ("ETag", "\"1\"")));

        var put = await blobs.Client.PutAsync("k", One, Token);

        Assert.Equal((true, "\"1\""), (put.IsDone, put.ETag));
        Assert.Equal(["PUT", "PUT"], blobs.Methods);
        Assert.True(blobs.Between(0, 1) >= TimeSpan.FromMilliseconds(900), $"{blobs.Between(0, 1)}");
    }

    [Fact]
    public async Task Put_BusyForGood_IsToldWithItsCode()
    {
        await using var blobs = await StartAsync(Answer(503, "ServerBusy", headers: ("x-ms-request-id", "id-1")));

        var fault = await Assert.ThrowsAsync<AzureServiceException>(async () => await blobs.Client.PutAsync("k", One, Token));

        Assert.Equal((503, "ServerBusy", "id-1"), (fault.Status, fault.Code, fault.RequestId));
        Assert.Equal(4, blobs.Methods.Count);
    }

    [Fact]
    public async Task Change_AnswerLost_IsNotRepeatedAndOpen()
    {
        await using var blobs = await StartAsync(Lose);
        var id = Guid.NewGuid();
        (string Method, Func<Task> Act)[] changes =
        [
            ("PUT", async () => await blobs.Client.PutAsync("k", One, Token)),
            ("PUT", async () => await blobs.Client.SetMetadataAsync("k", BlobUpload.NoMetadata, BlobCondition.None, Token)),
            ("DELETE", async () => await blobs.Client.DeleteAsync("k", BlobCondition.None, BlobSnapshots.Keep, Token)),
            ("DELETE", async () => await blobs.Client.DeleteContainerAsync(Token)),
            ("PUT", async () => await blobs.Client.ReleaseLeaseAsync("k", id, Token)),
            ("PUT", async () => await blobs.Client.ChangeLeaseAsync("k", id, Guid.NewGuid(), Token)),
            ("PUT", async () => await blobs.Client.BreakLeaseAsync("k", null, Token)),
        ];
        foreach (var (_, act) in changes)
        {
            var fault = await Assert.ThrowsAsync<AzureConnectionException>(act);
            Assert.True(fault.IsFateUnknown);
            Assert.Contains("unknown", fault.Message, StringComparison.Ordinal);
        }

        Assert.Equal(changes.Select(change => change.Method), blobs.Methods);
    }

    [Fact]
    public async Task Read_AnswerLostOrFailed_IsRepeated()
    {
        await using var blobs = await StartAsync(Lose, Answer(500, "InternalError"), Answer(200, body: "hello", headers: ("ETag", "\"1\"")));

        var read = await blobs.Client.GetAsync("k", BlobCondition.None, null, Token);

        Assert.Equal(("hello", "\"1\""), (Encoding.UTF8.GetString(read.Content.Span), read.Properties!.ETag));
        Assert.Equal(["GET", "GET", "GET"], blobs.Methods);
    }

    [Fact]
    public async Task Lease_AcquiredOrRenewedWithoutAnswer_IsAskedAgain()
    {
        await using var blobs = await StartAsync(Lose, Answer(201, headers: ("ETag", "\"1\"")), Lose, Answer(200, headers: ("ETag", "\"1\"")));

        Assert.True((await blobs.Client.AcquireLeaseAsync("k", Guid.NewGuid(), null, Token)).IsDone);
        Assert.True((await blobs.Client.RenewLeaseAsync("k", Guid.NewGuid(), Token)).IsDone);

        Assert.Equal(4, blobs.Methods.Count);
    }

    [Fact]
    public async Task CreateContainer_AnswerLost_FindsWhatTheFirstAttemptMade()
    {
        await using var blobs = await StartAsync(Lose, Answer(409, "ContainerAlreadyExists"));

        Assert.False(await blobs.Client.CreateContainerAsync(BlobAccess.None, Token));
    }

    [Fact]
    public async Task CreateContainer_WhileItIsDeleted_IsAFault()
    {
        await using var blobs = await StartAsync(Answer(409, "ContainerBeingDeleted"));

        var fault = await Assert.ThrowsAsync<AzureServiceException>(async () => await blobs.Client.CreateContainerAsync(BlobAccess.None, Token));

        Assert.Equal("ContainerBeingDeleted", fault.Code);
    }

    [Fact]
    public async Task Head_Error_HasItsCodeFromTheHeader()
    {
        await using var blobs = await StartAsync(
            Answer(404, "BlobNotFound"), Answer(404, "ContainerNotFound"), Answer(403, "AuthorizationPermissionMismatch"), Answer(404, "ContainerNotFound"));

        Assert.Equal(BlobOutcome.BlobMissing, (await blobs.Client.HeadAsync("k", BlobCondition.None, Token)).Outcome);
        Assert.Equal(BlobOutcome.ContainerMissing, (await blobs.Client.HeadAsync("k", BlobCondition.None, Token)).Outcome);
        var fault = await Assert.ThrowsAsync<AzureServiceException>(async () => await blobs.Client.HeadAsync("k", BlobCondition.None, Token));
        Assert.Equal("AuthorizationPermissionMismatch", fault.Code);
        Assert.False(await blobs.Client.ContainerExistsAsync(Token));
    }

    [Fact]
    public async Task NotFound_OfSomethingElse_IsNoMissingBlob()
    {
        await using var blobs = await StartAsync(Answer(404, body: "<html>no such page</html>", headers: ("Content-Type", "text/html")));

        Assert.Equal(404, (await Assert.ThrowsAsync<AzureServiceException>(async () => await blobs.Client.GetAsync("k", BlobCondition.None, null, Token))).Status);
        Assert.Equal(404, (await Assert.ThrowsAsync<AzureServiceException>(async () => await blobs.Client.ListAsync(new BlobQuery(), Token))).Status);
        await Assert.ThrowsAsync<AzureServiceException>(async () => await blobs.Client.ContainerExistsAsync(Token));
        await Assert.ThrowsAsync<AzureServiceException>(async () => await blobs.Client.DeleteAsync("k", BlobCondition.None, BlobSnapshots.Keep, Token));
    }

    [Fact]
    public async Task Success_OfSomethingElse_IsNoBlobAndNoListing()
    {
        await using var blobs = await StartAsync(Answer(200, body: "<html><body /></html>"));

        await Assert.ThrowsAsync<AzureServiceException>(async () => await blobs.Client.GetAsync("k", BlobCondition.None, null, Token));
        await Assert.ThrowsAsync<AzureServiceException>(async () => await blobs.Client.ListAsync(new BlobQuery(), Token));
    }

    [Fact]
    public async Task Error_InXmlOnly_IsUnderstood()
    {
        await using var blobs = await StartAsync(Answer(404, body: "<?xml version=\"1.0\"?><Error><Code>BlobNotFound</Code><Message>gone</Message></Error>"));

        var read = await blobs.Client.GetAsync("k", BlobCondition.None, null, Token);

        Assert.Equal(BlobOutcome.BlobMissing, read.Outcome);
        Assert.Contains("gone", read.Refusal!.Message, StringComparison.Ordinal);
    }
}
