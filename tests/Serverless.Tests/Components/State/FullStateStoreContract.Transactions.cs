using Serverless.Components.State;

namespace Serverless.Tests.Components.State;

public abstract partial class FullStateStoreContract
{
    [Fact]
    public async Task Transaction_MixedOperations_AppliesAll()
    {
        await SetAsync(Set("a", "1"));
        await SetAsync(Set("b", "1"));

        Assert.Equal(StateOutcome.Done, await TransactAsync(Set("a", "2", await ETagAsync("a")), Delete("b", await ETagAsync("b")), Set("c", "3"), Delete("missing")));

        Assert.Equal("2", await TextAsync("a"));
        Assert.Null(await GetAsync("b"));
        Assert.Equal("3", await TextAsync("c"));
    }

    [Fact]
    public async Task Transaction_OneOperation_Works()
    {
        Assert.Equal(StateOutcome.Done, await TransactAsync(Set("a", "1")));
        Assert.Equal(StateOutcome.EtagMismatch, await TransactAsync(Delete("a", "stale")));
        Assert.Equal(StateOutcome.Done, await TransactAsync(Delete("a")));

        Assert.Null(await GetAsync("a"));
    }

    [Fact]
    public async Task Transaction_SameKeyTwice_LastWins()
    {
        Assert.Equal(StateOutcome.Done, await TransactAsync(Set("a", "1"), Set("a", "2"), Set("b", "1"), Delete("b"), Delete("c"), Set("c", "1")));

        Assert.Equal("2", await TextAsync("a"));
        Assert.Null(await GetAsync("b"));
        Assert.Equal("1", await TextAsync("c"));
    }

    [Fact]
    public async Task Transaction_StaleETagAnywhere_LeavesNoTrace()
    {
        await SetAsync(Set("a", "1"));
        await SetAsync(Set("b", "1"));
        await SetAsync(Set("first", "1", null, "first-write"));
        var before = await ETagAsync("a");

        Assert.Equal(StateOutcome.EtagMismatch, await TransactAsync(Set("c", "2"), Set("b", "2", OtherETag), Delete("a")));
        Assert.Equal(StateOutcome.EtagMismatch, await TransactAsync(Set("c", "2"), Set("a", "2", OtherETag, "first-write")));
        Assert.Equal(StateOutcome.EtagMismatch, await TransactAsync(Set("a", "2"), Delete("b", "stale")));
        Assert.Equal(FirstWriteConflict, await TransactAsync(Set("c", "2"), Set("first", "2", null, "first-write")));

        Assert.Equal(before, await ETagAsync("a"));
        Assert.Equal("1", await TextAsync("b"));
        Assert.Equal("1", await TextAsync("first"));
        Assert.Null(await GetAsync("c"));
    }

    [Fact]
    public async Task Transaction_ManyOperations_AppliesAll()
    {
        Assert.Equal(MaxTransactionOperations, Store.MaxTransactionOperations);
        var count = MaxTransactionOperations ?? 1000;
        var operations = Enumerable.Range(0, count).Select(i => (object)Set($"k{i}", $"{i}")).ToArray();

        Assert.Equal(StateOutcome.Done, await TransactAsync(operations));

        Assert.Equal($"0 {count - 1}", $"{await TextAsync("k0")} {await TextAsync($"k{count - 1}")}");
    }

    [Fact]
    public async Task Transaction_ReadMeanwhile_IsSeenWholeOrNotAtAll()
    {
        await TransactAsync(Set("first", "0"), Set("last", "0"));
        using var done = new CancellationTokenSource();
        var reader = Task.Run(
            async () =>
            {
                while (!done.IsCancellationRequested)
                {
                    // Read in the order of the writes: what follows is never older than what was seen before.
                    var first = int.Parse((await TextAsync("first"))!, null);
                    var last = int.Parse((await TextAsync("last"))!, null);
                    Assert.True(last >= first, $"saw {first} and then {last}");
                }
            },
            Cancellation);

        for (var i = 1; i <= 300; i++)
        {
            var value = $"{i}";
            await TransactAsync([Set("first", value), .. Enumerable.Range(0, 20).Select(n => Set($"filler{n}", value)), Set("last", value)]);
        }

        await done.CancelAsync();
        await reader;
    }

    [Fact]
    public async Task Concurrent_TransactionsOnOneETag_ExactlyOneLeavesItsKeys()
    {
        await SetAsync(Set("k", "0"));
        var etag = await ETagAsync("k");

        var outcomes = await AtOnceAsync(i => TransactAsync(Set($"trace{i}", "1"), Set("k", $"{i}", etag)));

        var winner = Array.IndexOf(outcomes, StateOutcome.Done);
        Assert.Single(outcomes, StateOutcome.Done);
        for (var i = 0; i < Writers; i++)
        {
            Assert.Equal(i == winner ? "1" : null, await TextAsync($"trace{i}"));
        }
    }

    [Fact]
    public async Task Transaction_EachWrite_GivesANewETag()
    {
        await SetAsync(Set("k", "1"));
        var first = await ETagAsync("k");

        await TransactAsync(Set("k", "1"));

        Assert.NotEqual(first, await ETagAsync("k"));
    }

    [Theory]
    [InlineData("not-a-uuid")]
    [InlineData("W/\"1\"")]
    [InlineData("ünï")]
    public async Task Transaction_ForeignETag_IsRefusedAndChangesNothing(string etag)
    {
        await SetAsync(Set("k", "1"));

        Assert.Equal(ForeignETag, await TransactAsync(Set("j", "2"), Set("k", "2", etag)));

        Assert.Equal("1", await TextAsync("k"));
        Assert.Null(await GetAsync("j"));
    }

    [Fact]
    public async Task Transaction_FirstWriteOfAnOrdinaryEntry_FollowsTheStore()
    {
        await SetAsync(Set("j", "1"));

        Assert.Equal(RefusesFirstWriteOfOrdinary ? FirstWriteConflict : StateOutcome.Done, await TransactAsync(Set("i", "2"), Set("j", "2", null, "first-write")));

        Assert.Equal(RefusesFirstWriteOfOrdinary ? "1 " : "2 2", $"{await TextAsync("j")} {await TextAsync("i")}");
    }

    [Theory]
    [InlineData("", "bogus", "unrecognized consistency model 'bogus'")]
    [InlineData("bogus", "", "unrecognized concurrency model 'bogus'")]
    public async Task Transaction_UnknownOption_IsRejectedAndChangesNothingWhereItIsLookedAt(string concurrency, string consistency, string message)
    {
        await SetAsync(Set("k", "1"));

        var result = await Store.TransactAsync(Transaction(Set("j", "1"), Delete("k", null, concurrency, consistency)), Cancellation);

        Assert.Equal(ChecksOptionsOfDelete ? StateResult.Rejected(message) : StateResult.Done, result);
        Assert.Equal(ChecksOptionsOfDelete ? "1 " : " 1", $"{await TextAsync("k")} {await TextAsync("j")}");
    }
}
