using Serverless.Components.Clients.AzureStorage.Blobs;

namespace Serverless.Tests.Clients.AzureStorage.Blobs;

[Collection(BlobServerUsers.Name)]
public sealed class BlobLeaseTests(BlobServer server) : IAsyncLifetime
{
    private const string Name = "lock";
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(60);
    private static readonly Guid Mine = Guid.NewGuid();
    private static readonly Guid Theirs = Guid.NewGuid();
    private BlobContainerClient _client = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _client = await server.ContainerAsync();
        Assert.True((await PutAsync(null)).IsDone);
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Acquire_SixteenAtOnce_OneWins()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(
            async () => (await _client.AcquireLeaseAsync(Name, Guid.NewGuid(), Duration, Token)).Outcome, Token)));

        Assert.Single(outcomes, BlobOutcome.Done);
        Assert.Equal(15, outcomes.Count(outcome => outcome == BlobOutcome.LeaseConflict));
    }

    [Fact]
    public async Task Acquire_SameIdAgain_IsDone()
    {
        Assert.True((await _client.AcquireLeaseAsync(Name, Mine, Duration, Token)).IsDone);
        Assert.True((await _client.AcquireLeaseAsync(Name, Mine, Duration, Token)).IsDone);

        var refusal = await _client.AcquireLeaseAsync(Name, Theirs, Duration, Token);
        Assert.Equal((BlobOutcome.LeaseConflict, "LeaseAlreadyPresent"), (refusal.Outcome, refusal.Refusal?.Code));
    }

    [Fact]
    public async Task Renew_HolderOnly_UntilItIsReleased()
    {
        await _client.AcquireLeaseAsync(Name, Mine, Duration, Token);

        Assert.True((await _client.RenewLeaseAsync(Name, Mine, Token)).IsDone);
        Assert.Equal(BlobOutcome.LeaseConflict, (await _client.RenewLeaseAsync(Name, Theirs, Token)).Outcome);
        Assert.Equal(BlobOutcome.LeaseConflict, (await _client.ReleaseLeaseAsync(Name, Theirs, Token)).Outcome);
        Assert.True((await _client.ReleaseLeaseAsync(Name, Mine, Token)).IsDone);
        Assert.Equal(BlobOutcome.LeaseConflict, (await _client.RenewLeaseAsync(Name, Mine, Token)).Outcome);
        Assert.True((await _client.AcquireLeaseAsync(Name, Theirs, null, Token)).IsDone);
    }

    [Fact]
    public async Task Change_ToAnotherId_HandsItOver()
    {
        await _client.AcquireLeaseAsync(Name, Mine, Duration, Token);

        Assert.True((await _client.ChangeLeaseAsync(Name, Mine, Theirs, Token)).IsDone);

        Assert.Equal(BlobOutcome.LeaseConflict, (await _client.RenewLeaseAsync(Name, Mine, Token)).Outcome);
        Assert.True((await _client.RenewLeaseAsync(Name, Theirs, Token)).IsDone);
    }

    [Fact]
    public async Task Break_Leased_TellsHowLongItHolds()
    {
        Assert.Equal(BlobOutcome.LeaseConflict, (await _client.BreakLeaseAsync(Name, null, Token)).Outcome);
        await _client.AcquireLeaseAsync(Name, Mine, null, Token);

        var slow = await _client.BreakLeaseAsync(Name, TimeSpan.FromSeconds(50), Token);
        Assert.Equal("breaking", (await _client.HeadAsync(Name, BlobCondition.None, Token)).Properties!.LeaseState);
        var atOnce = await _client.BreakLeaseAsync(Name, TimeSpan.Zero, Token);

        Assert.InRange(slow.LeaseRemains!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(50));
        Assert.Equal(TimeSpan.Zero, atOnce.LeaseRemains);
        Assert.True((await _client.AcquireLeaseAsync(Name, Theirs, Duration, Token)).IsDone);
    }

    [Fact]
    public async Task Writes_UnderALease_NeedItsId()
    {
        Assert.Equal("LeaseNotPresentWithBlobOperation", (await PutAsync(Mine)).Refusal?.Code);
        await _client.AcquireLeaseAsync(Name, Mine, Duration, Token);

        foreach (var wrong in (Guid?[])[null, Theirs])
        {
            Assert.Equal(BlobOutcome.LeaseConflict, (await PutAsync(wrong)).Outcome);
            var condition = new BlobCondition(LeaseId: wrong?.ToString());
            Assert.Equal(BlobOutcome.LeaseConflict, (await _client.SetMetadataAsync(Name, BlobUpload.NoMetadata, condition, Token)).Outcome);
            Assert.Equal(BlobOutcome.LeaseConflict, (await _client.DeleteAsync(Name, condition, BlobSnapshots.Keep, Token)).Outcome);
        }

        Assert.True((await PutAsync(Mine)).IsDone);
        Assert.True((await _client.GetAsync(Name, BlobCondition.None, null, Token)).Outcome == BlobOutcome.Done);
        Assert.True((await _client.DeleteAsync(Name, new BlobCondition(LeaseId: Mine.ToString()), BlobSnapshots.Keep, Token)).IsDone);
    }

    private async Task<BlobResult> PutAsync(Guid? leaseId) =>
        await _client.PutAsync(Name, new BlobUpload("1"u8.ToArray()) { Condition = new BlobCondition(LeaseId: leaseId?.ToString()) }, Token);
}
