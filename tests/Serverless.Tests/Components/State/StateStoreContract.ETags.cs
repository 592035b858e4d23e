using Serverless.Components.State;

namespace Serverless.Tests.Components.State;

public abstract partial class StateStoreContract
{
    [Fact]
    public async Task ETag_ChangesWithEveryWriteAndWithNoRead()
    {
        await SetAsync(Set("k", "1"));
        var first = await ETagAsync("k");
        Assert.Equal(first, await ETagAsync("k"));

        await SetAsync(Set("k", "1"));

        Assert.NotEqual(first, await ETagAsync("k"));
        Assert.True(IsETag(first), first);
    }

    [Fact]
    public async Task ETag_OfADeletedKey_IsValidAgainOnlyWhereVersionsStartAgain()
    {
        await SetAsync(Set("k", "1"));
        var etag = await ETagAsync("k");
        await DeleteAsync(Delete("k"));
        await SetAsync(Set("k", "1"));

        Assert.Equal(StartsAgain ? StateOutcome.Done : StateOutcome.EtagMismatch, await SetAsync(Set("k", "2", etag)));
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

    [Fact]
    public async Task Set_StaleETagWithLastWrite_FollowsTheStore()
    {
        await SetAsync(Set("k", "1"));
        var stale = await ETagAsync("k");
        await SetAsync(Set("k", "2"));

        var outcome = await SetAsync(Set("k", "3", stale, "last-write"));

        Assert.Equal(LastWriteIgnoresETag ? StateOutcome.Done : StateOutcome.EtagMismatch, outcome);
        Assert.Equal(LastWriteIgnoresETag ? "3" : "2", await TextAsync("k"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("first-write")]
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
    public async Task Set_ForeignETag_IsRefused(string etag)
    {
        await SetAsync(Set("k", "1"));

        Assert.Equal(ForeignETag, await SetAsync(Set("k", "2", etag)));

        Assert.Equal("1", await TextAsync("k"));
    }

    [Fact]
    public async Task Set_ETagOfAbsentKey_FollowsTheStore()
    {
        Assert.Equal(CreatesWithETag ? StateOutcome.Done : StateOutcome.EtagMismatch, await SetAsync(Set("k", "1", OtherETag)));

        Assert.Equal(CreatesWithETag ? "1" : null, await TextAsync("k"));
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
        Assert.Equal(FirstWriteConflict, await SetAsync(Set("k", "2", null, "first-write")));
        Assert.Equal("1", await TextAsync("k"));

        await DeleteAsync(Delete("k"));
        Assert.Equal(StateOutcome.Done, await SetAsync(Set("k", "3", null, "first-write")));
    }

    [Fact]
    public async Task Set_FirstWriteOfAnOrdinaryEntry_FollowsTheStore()
    {
        await SetAsync(Set("k", "1"));

        Assert.Equal(RefusesFirstWriteOfOrdinary ? FirstWriteConflict : StateOutcome.Done, await SetAsync(Set("k", "2", null, "first-write")));

        Assert.Equal(RefusesFirstWriteOfOrdinary ? "1" : "2", await TextAsync("k"));
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
    public async Task Delete_ETagOfAbsentKey_FollowsTheStore() =>
        Assert.Equal(DeletesAbsentWithETag ? StateOutcome.Done : StateOutcome.EtagMismatch, await DeleteAsync(Delete("k", OtherETag)));

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
        await SetAsync(Set("k", "1"));

        var result = await Store.DeleteAsync(Delete("k", OtherETag), Cancellation);

        Assert.StartsWith("possible etag mismatch. error from state store", result.Message, StringComparison.Ordinal);
    }
}
