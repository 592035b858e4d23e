using Serverless.Components.State;

namespace Serverless.Tests.Components.State;

public abstract partial class FullStateStoreContract
{
    [Fact]
    public async Task Ttl_Given_IsReportedAndHidesTheEntryAfterwards()
    {
        await SetAsync(Set("k", "1", ttl: "100"));

        AssertExpiry(100, (await GetAsync("k"))!.ExpiresAt);
        await PassAsync(TimeSpan.FromSeconds(99));
        Assert.Equal("1", await TextAsync("k"));
        await PassAsync(TimeSpan.FromSeconds(1));
        Assert.Null(await GetAsync("k"));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    public async Task Ttl_ZeroOrBelow_NeverExpiresAndClearsAnEarlierOne(string ttl)
    {
        await SetAsync(Set("k", "1", ttl: "100"));

        Assert.Equal(StateOutcome.Done, await SetAsync(Set("k", "2", ttl: ttl)));

        Assert.Null((await GetAsync("k"))!.ExpiresAt);
        await PassAsync(TimeSpan.FromDays(1));
        Assert.Equal("2", await TextAsync("k"));
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    public async Task Ttl_None_NeverExpiresAndKeepsOrClearsAnEarlierOne(string? ttl)
    {
        await SetAsync(Set("k", "1", ttl: "100"));
        await SetAsync(Set("new", "1", ttl: ttl));

        Assert.Equal(StateOutcome.Done, await SetAsync(Set("k", "2", ttl: ttl)));

        await PassAsync(TimeSpan.FromSeconds(99));
        Assert.Equal("2", await TextAsync("k"));
        await PassAsync(TimeSpan.FromDays(1));
        Assert.Equal(KeepsTtl ? null : "2", await TextAsync("k"));
        Assert.Equal("1", await TextAsync("new"));
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("1.5")]
    [InlineData("10s")]
    [InlineData(" 1")]
    [InlineData("99999999999999999999")]
    public async Task Ttl_NoWholeNumber_IsRejected(string ttl)
    {
        Assert.Equal(StateOutcome.Rejected, await SetAsync(Set("k", "1", ttl: ttl)));
        Assert.Equal(StateOutcome.Rejected, await TransactAsync(Set("j", "1"), Set("k", "1", ttl: ttl)));

        Assert.Null(await GetAsync("k"));
        Assert.Null(await GetAsync("j"));
    }

    [Theory]
    [InlineData("-2")]
    [InlineData("2147483648")]
    [InlineData("9223372036854775807")]
    public async Task Ttl_OutsideDaprsSharedLimits_FollowsTheStore(string ttl)
    {
        var outcome = await SetAsync(Set("k", "1", ttl: ttl));

        Assert.Equal(TakesTtl(ttl) ? StateOutcome.Done : StateOutcome.Rejected, outcome);
        Assert.Equal(TakesTtl(ttl) ? "1" : null, await TextAsync("k"));
    }

    [Fact]
    public async Task Ttl_LargestOfTheSharedLimits_Works()
    {
        Assert.Equal(StateOutcome.Done, await SetAsync(Set("k", "1", ttl: "2147483647")));

        AssertExpiry(int.MaxValue, (await GetAsync("k"))!.ExpiresAt);
    }

    [Fact]
    public async Task Ttl_Expired_CountsAsAbsentForEveryWrite()
    {
        foreach (var key in (string[])["first", "etag", "delete", "plain"])
        {
            await SetAsync(Set(key, "1", ttl: "100"));
        }

        var etag = await ETagAsync("etag");
        var deleted = await ETagAsync("delete");
        await PassAsync(TimeSpan.FromSeconds(100));

        Assert.Equal(CreatesWithETag ? StateOutcome.Done : StateOutcome.EtagMismatch, await SetAsync(Set("etag", "2", etag)));
        Assert.Equal(DeletesAbsentWithETag ? StateOutcome.Done : StateOutcome.EtagMismatch, await DeleteAsync(Delete("delete", deleted)));
        Assert.Equal(StateOutcome.Done, await DeleteAsync(Delete("delete")));
        Assert.Equal(StateOutcome.Done, await SetAsync(Set("first", "2", null, "first-write")));
        Assert.Equal(StateOutcome.Done, await SetAsync(Set("plain", "2")));
        Assert.Equal("2", await TextAsync("first"));
        Assert.Equal("2", await TextAsync("plain"));
        Assert.Equal(CreatesWithETag ? "2" : null, await TextAsync("etag"));
    }

    [Fact]
    public async Task Ttl_InTransaction_Expires()
    {
        await TransactAsync(Set("short", "1", ttl: "50"), Set("long", "2"));

        await PassAsync(TimeSpan.FromSeconds(50));

        Assert.Null(await GetAsync("short"));
        Assert.Equal("2", await TextAsync("long"));
    }

    [Fact]
    public async Task Ttl_UpdatedWithETag_TakesTheNewOne()
    {
        await SetAsync(Set("k", "1", ttl: "50"));

        await SetAsync(Set("k", "2", await ETagAsync("k"), ttl: "100"));

        await PassAsync(TimeSpan.FromSeconds(99));
        Assert.Equal("2", await TextAsync("k"));
        await PassAsync(TimeSpan.FromSeconds(1));
        Assert.Null(await GetAsync("k"));
    }

    /// <summary>Compares what the store tells of an entry that was just written to live so many seconds.</summary>
    private protected virtual void AssertExpiry(int seconds, DateTimeOffset? reported) =>
        Assert.Equal(ReportsExpiry ? Clock.GetUtcNow().AddSeconds(seconds) : null, reported);
}
