using Serverless.Backends.Redis;
using Serverless.Components.Clients.Redis;
using Serverless.Components.State;
using Serverless.Components.State.Redis;

namespace Serverless.Tests.Components.State.Redis;

/// <summary><c>strong</c> waits for the replicas.</summary>
public sealed class RedisConsistencyTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _clock = new();
    private RedisReplicaPair _pair = null!;
    private RedisStateStore _store = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _pair = await RedisReplicaPair.StartAsync(Token);
        _store = new RedisStateStore(RedisStores.Context(_pair.Primary.Address, _clock));
        await _store.InitializeAsync(Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        await _pair.DisposeAsync();
    }

    [Fact]
    public async Task Strong_ReplicaFollows_HasTheWriteWhenItIsDone()
    {
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(StateResult.Done, await _store.SetAsync(Set($"s{i}"), Token));
            Assert.Equal(StateResult.Done, await _store.TransactAsync(Transaction(Set($"a{i}", "eventual"), Set($"b{i}")), Token));
            Assert.Equal(3, (await _pair.Replicas[0].Cli.CallAsync(["EXISTS", $"s{i}", $"a{i}", $"b{i}"], Token)).Number);

            Assert.Equal(StateResult.Done, await _store.DeleteAsync(Delete($"s{i}"), Token));
            Assert.Equal(StateResult.Done, await _store.DeleteAsync(Delete($"a{i}") with { ETag = "1" }, Token));
            Assert.Equal(1, (await _pair.Replicas[0].Cli.CallAsync(["EXISTS", $"s{i}", $"a{i}", $"b{i}"], Token)).Number);
        }
    }

    [Fact]
    public async Task Strong_ReplicaHangs_FailsAfterTheWrite()
    {
        _pair.Replicas[0].Pause();

        var set = await Assert.ThrowsAnyAsync<Exception>(() => _store.SetAsync(Set("k"), Token).AsTask());
        var transaction = await Assert.ThrowsAnyAsync<Exception>(() => _store.TransactAsync(Transaction(Set("a"), Set("b")), Token).AsTask());

        Assert.Equal("redis waiting for 1 replicas to acknowledge write, err: 0 did within 1000 ms; the write itself has been made", set.Message);
        Assert.Equal(set.Message, transaction.Message);
        Assert.Equal(3, (await _pair.Primary.Cli.CallAsync(["EXISTS", "k", "a", "b"], Token)).Number);
    }

    [Fact]
    public async Task Strong_ReplicaHangs_HoldsUpNobodyElse()
    {
        _pair.Replicas[0].Pause();
        var strong = _store.SetAsync(Set("k"), Token).AsTask();

        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(StateResult.Done, await _store.SetAsync(Set("other", "eventual"), Token));
        }

        Assert.False(strong.IsCompleted);
        await Assert.ThrowsAnyAsync<Exception>(() => strong);
    }

    [Fact]
    public async Task Strong_RefusedWrite_DoesNotWait()
    {
        await _store.SetAsync(Set("k"), Token);

        Assert.Equal(StateOutcome.EtagMismatch, (await _store.SetAsync(Set("k") with { ETag = "9" }, Token)).Outcome);
    }

    [Fact]
    public async Task ReplicaCount_IsAskedAgainAfterTenSeconds()
    {
        await _pair.Replicas[0].Cli.CallAsync(["REPLICAOF", "NO", "ONE"], Token);

        // Still counted, and gone: the count of ten seconds ago holds.
        await Assert.ThrowsAnyAsync<Exception>(() => _store.SetAsync(Set("k"), Token).AsTask());
        _clock.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(StateResult.Done, await _store.SetAsync(Set("k"), Token));
    }

    [Fact]
    public async Task ReplicaCount_CannotBeAsked_TellsThatNothingWasWritten()
    {
        _clock.Advance(TimeSpan.FromSeconds(10));
        await _pair.Primary.Cli.CallAsync(["ACL", "SETUSER", "default", "-info"], Token);

        var failure = await Assert.ThrowsAnyAsync<RedisException>(() => _store.SetAsync(Set("k"), Token).AsTask());

        Assert.StartsWith("not executed: the number of replicas is not known: NOPERM", failure.Message, StringComparison.Ordinal);
        Assert.Equal(0, (await _pair.Primary.Cli.CallAsync(["EXISTS", "k"], Token)).Number);
    }

    [Theory]
    [InlineData("eventual")]
    [InlineData("")]
    public async Task NotStrong_ReplicaHangs_IsDone(string consistency)
    {
        _pair.Replicas[0].Pause();

        Assert.Equal(StateResult.Done, await _store.SetAsync(Set("k", consistency), Token));
    }

    private static StateSet Set(string key, string consistency = "strong") => new()
    {
        Key = key,
        Value = "1"u8.ToArray(),
        Options = new StateOptions("", consistency),
    };

    private static StateDelete Delete(string key) => new() { Key = key, Options = new StateOptions("", "strong") };

    private static StateTransaction Transaction(params StateSet[] sets) => new([.. sets.Select(set => new StateOperation(set))], StateMetadata.Empty);
}
