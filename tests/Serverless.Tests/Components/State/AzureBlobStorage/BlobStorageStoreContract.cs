using Serverless.Components.State;
using Serverless.Tests.Clients.AzureStorage.Blobs;

namespace Serverless.Tests.Components.State.AzureBlobStorage;

/// <summary>What both versions have in common.</summary>
public abstract class BlobStorageStoreContract(BlobServer server) : StateStoreContract
{
    private protected string Container { get; } = server.NewContainer();

    private protected BlobServer Server => server;

    private protected override string OtherETag => "\"0x1D0000000000000\"";

    private protected override StateOutcome FirstWriteConflict => StateOutcome.Rejected;

    private protected override bool ReportsExpiry => false;

    private protected override bool ChecksOptions => false;

    private protected override int LongKey => 1024;

    private protected override bool TakesKey(string key) => !key.Contains('\\', StringComparison.Ordinal);

    private protected override bool IsETag(string etag) => etag.StartsWith("\"0x", StringComparison.Ordinal) && etag.EndsWith('"');

    [Fact]
    public void Capabilities_AreDaprs() => Assert.Equal(["ETAG"], Store.Capabilities);

    [Fact]
    public async Task Key_TooLong_IsRefusedClearly()
    {
        var fault = await Assert.ThrowsAnyAsync<Exception>(() => SetAsync(Set(new string('k', 1025), "1")));

        Assert.Equal("a blob's name has 1 to 1024 characters, this one has 1025", fault.Message);
    }

    [Fact]
    public async Task FirstWrite_Conflict_IsNoMismatch()
    {
        await SetAsync(Set("k", "1"));

        var result = await Store.SetAsync(Set("k", "2", null, "first-write"), Cancellation);

        Assert.StartsWith("error uploading blob: ", result.Message, StringComparison.Ordinal);
        Assert.Contains("BlobAlreadyExists", result.Message, StringComparison.Ordinal);
    }
}
