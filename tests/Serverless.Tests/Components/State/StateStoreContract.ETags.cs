using Serverless.Components.State;

namespace Serverless.Tests.Components.State;

public abstract partial class StateStoreContract
{
    private protected virtual bool RefusesFirstWriteDelete => false;

    [Fact]
    public async Task ETag_ChangesWithEveryWriteAndWithNoRead()
    {
        await SetAsync(Set("k", "1"));
        var first = await ETagAsync("k");
        Assert.Equal(first, await ETagAsync("k"));

        await SetAsync(Set("k", "1"));
        var second = await ETagAsync("k");
        await TransactAsync(Set("k", "1"));

        Assert.Equal(3, new HashSet<string> { first, second, await ETagAsync("k") }.Count);
        Assert.True(Guid.TryParse(first, out _));
    }

    [Fact]
    public async Task ETag_OfADeletedKey_IsNotValidAgain()
    {
        await SetAsync(Set("k", "1"));
        var etag = await ETagAsync("k");
        await DeleteAsync(Delete("k"));
        await SetAsync(Set("k", "1"));

        Assert.Equal(StateOutcome.EtagMismatch, await SetAsync(Set("k", "2", etag)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("first-write")]
    [InlineData("last-write")]
    public async Task Set_CurrentETag_IsDone(string concurrency)
    {
        await SetAsync(Set("k", "1"));

        Assert.Equal(StateOutcome.Done, await SetAsync(Set("k", "2", await ETagAsync("k"), concurrency)));

        Assert.Equal("2", await TextAsync("k"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("first-write")]
    [InlineData("last-write")]
    public async Task Set_StaleETag_IsMismatchAndChangesNothing(string concurrency)
    {
        await SetAsync(Set("k", "1"));
        var stale = await ETagAsync("k");
        await SetAsync(Set("k", "2"));

        Assert.Equal(StateOutcome.EtagMismatch, await SetAsync(Set("k", "3", stale, concurrency)));

        Assert.Equal("2", await TextAsync("k"));
    }

    [Theory]
    [InlineData("not-a-uuid")]
    [InlineData("W/\"1\"")]
    [InlineData("ünï")]
    public async Task Set_ForeignETag_IsMismatch(string etag)
    {
        await SetAsync(Set("k", "1"));

        Assert.Equal(StateOutcome.EtagMismatch, await SetAsync(Set("k", "2", etag)));
    }

    [Fact]
    public async Task Set_ETagOfAbsentKey_IsMismatch()
    {
        Assert.Equal(StateOutcome.EtagMismatch, await SetAsync(Set("k", "1", Guid.NewGuid().ToString())));

        Assert.Null(await GetAsync("k"));
    }

    [Fact]
    public async Task Set_EmptyETag_CountsAsNone()
    {
        Assert.Equal(StateOutcome.Done, await SetAsync(Set("k", "1", "")));
        Assert.Equal(StateOutcome.Done, await DeleteAsync(Delete("k", "")));
    }

    [Fact]
    public async Task Set_FirstWriteWithoutETag_CreatesOnly()
    {
        Assert.Equal(StateOutcome.Done, await SetAsync(Set("k", "1", null, "first-write")));
        Assert.Equal(StateOutcome.EtagMismatch, await SetAsync(Set("k", "2", null, "first-write")));
        Assert.Equal("1", await TextAsync("k"));

        await DeleteAsync(Delete("k"));
        Assert.Equal(StateOutcome.Done, await SetAsync(Set("k", "3", null, "first-write")));
    }

    [Fact]
    public async Task Delete_StaleOrForeignETag_IsMismatchAndKeepsTheEntry()
    {
        await SetAsync(Set("k", "1"));
        var stale = await ETagAsync("k");
        await SetAsync(Set("k", "2"));

        Assert.Equal(StateOutcome.EtagMismatch, await DeleteAsync(Delete("k", stale)));
        Assert.Equal(StateOutcome.EtagMismatch, await DeleteAsync(Delete("k", "other", "last-write")));

        Assert.Equal("2", await TextAsync("k"));
    }

    [Fact]
    public async Task Delete_ETagOfAbsentKey_IsMismatch() =>
        Assert.Equal(StateOutcome.EtagMismatch, await DeleteAsync(Delete("k", Guid.NewGuid().ToString())));

    [Fact]
    public async Task Delete_CurrentETag_RemovesIt()
    {
        await SetAsync(Set("k", "1"));

        Assert.Equal(StateOutcome.Done, await DeleteAsync(Delete("k", await ETagAsync("k"))));

        Assert.Null(await GetAsync("k"));
    }

    [Fact]
    public async Task Delete_FirstWriteWithoutETag_FollowsTheStore()
    {
        Assert.Equal(StateOutcome.Done, await DeleteAsync(Delete("k", null, "first-write")));
        await SetAsync(Set("k", "1"));

        var outcome = await DeleteAsync(Delete("k", null, "first-write"));

        Assert.Equal(RefusesFirstWriteDelete ? StateOutcome.EtagMismatch : StateOutcome.Done, outcome);
    }

    [Fact]
    public async Task Mismatch_Message_StartsAsDaprWordsIt()
    {
        var result = await Store.SetAsync(Set("k", "1", "x"), Cancellation);

        Assert.StartsWith("possible etag mismatch. error from state store", result.Message, StringComparison.Ordinal);
    }
}
