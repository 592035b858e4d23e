using Serverless.Components.State;

namespace Serverless.Tests.Components.State.Sqlite;

public sealed class SqliteStateStoreTests : FullStateStoreContract
{
    private readonly SqliteFolder _folder = new();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }

    private protected override ITransactionalStateStore CreateStore() => _folder.Store(Clock);

    [Fact]
    public void Capabilities_AreDaprs() => Assert.Equal(["ETAG", "TRANSACTIONAL", "TTL", "KEYS_LIKE"], Store.Capabilities);

    [Fact]
    public async Task Mismatch_HasNoDetail() => Assert.Equal(StateResult.EtagMismatch(), await Store.SetAsync(Set("k", "1", "x"), Cancellation));

    [Fact]
    public async Task EmptyKey_IsRejected()
    {
        Assert.Equal(StateResult.Rejected("missing key in set operation"), await Store.SetAsync(Set("", "1"), Cancellation));
        Assert.Equal(StateResult.Rejected("missing key in delete operation"), await Store.DeleteAsync(Delete(""), Cancellation));
    }

    [Fact]
    public async Task Ttl_BetweenSeconds_NeverExpiresEarly()
    {
        Clock.Advance(TimeSpan.FromMilliseconds(900));
        await SetAsync(Set("k", "1", ttl: "1"));

        Clock.Advance(TimeSpan.FromMilliseconds(999));
        Assert.Equal("1", await TextAsync("k"));
        Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await GetAsync("k"));
    }

    [Fact]
    public async Task Transaction_FirstWriteTwice_SeesItsOwnFirstWrite()
    {
        Assert.Equal(StateOutcome.EtagMismatch, await TransactAsync(Set("k", "1", null, "first-write"), Set("k", "2", null, "first-write")));

        Assert.Null(await GetAsync("k"));
    }
}
