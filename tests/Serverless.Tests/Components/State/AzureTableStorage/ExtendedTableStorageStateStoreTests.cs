using Serverless.Components.Clients.AzureStorage.Tables;
using Serverless.Components.State;
using Serverless.Components.State.AzureTableStorage;
using Serverless.Tests.Clients.AzureStorage.Tables;

namespace Serverless.Tests.Components.State.AzureTableStorage;

/// <summary>With <c>extensions</c>.</summary>
public sealed class ExtendedTableStorageStateStoreTests(TableServerFixture fixture) : FullStateStoreContract, IClassFixture<TableServerFixture>
{
    private readonly string _table = TableServerFixture.NewName();

    private protected override string OtherETag => TableStores.OtherETag;

    private protected override bool CreatesWithETag => true;

    private protected override bool ChecksOptions => false;

    private protected override int LongKey => 512;

    private protected override int LargeText => 700_000;

    private protected override int? MaxTransactionOperations => 100;

    private protected override bool IsETag(string etag) => etag.StartsWith("W/\"datetime'", StringComparison.Ordinal);

    private protected override string StoredKey(string key) => TableStores.StoredKey(key);

    private protected override IStateStore CreateStore() =>
        TableStorageStateStore.Create(TableStores.Context(fixture, _table, Clock, ("extensions", "true")));

    [Fact]
    public void Capabilities_AreMoreThanDaprs() => Assert.Equal(["ETAG", "TRANSACTIONAL", "TTL"], Store.Capabilities);

    [Fact]
    public async Task Set_BeyondARow_IsRejected()
    {
        var result = await Store.SetAsync(Set("k", new string('1', 1 << 20)), Cancellation);

        Assert.Equal(StateOutcome.Rejected, result.Outcome);
        Assert.StartsWith("a row can't have more than 1048576 bytes (1 MiB), and this has ", result.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Set_KeyTooLong_IsRejectedAndSaysSo()
    {
        Assert.Equal(StateResult.Rejected("the RowKey has 513 characters, and Table Storage takes 512"), await Store.SetAsync(Set(new string('k', 513), "1"), Cancellation));
        Assert.Equal(StateOutcome.Rejected, await DeleteAsync(Delete(new string('/', 200))));
        await Assert.ThrowsAsync<TableLimitException>(() => GetAsync(new string('k', 513)));
    }

    [Fact]
    public async Task Transaction_AcrossPartitions_IsRejectedAndChangesNothing()
    {
        var result = await Store.TransactAsync(Transaction(Set("a", "1"), Set("other||a", "1")), Cancellation);

        Assert.Equal(StateOutcome.Rejected, result.Outcome);
        Assert.Contains("app||a and other||a are in two", result.Message, StringComparison.Ordinal);
        Assert.Null(await GetAsync("a"));
    }

    [Fact]
    public async Task Transaction_TooManyOperations_IsRejected() =>
        Assert.Equal(StateOutcome.Rejected, await TransactAsync([.. Enumerable.Range(0, 101).Select(i => Set($"k{i}", "1"))]));

    [Fact]
    public async Task Transaction_OfActorKeys_IsInTheActorsPartition()
    {
        Assert.Equal(StateOutcome.Done, await TransactAsync(Set("app||type||id||a", "1"), Set("app||type||id||b", "2")));
        Assert.Equal(StateOutcome.Done, await SetAsync(Set("app||type||other||a", "3")));

        Assert.Equal("1 2 3", $"{await TextAsync("app||type||id||a")} {await TextAsync("app||type||id||b")} {await TextAsync("app||type||other||a")}");
        using var client = fixture.Client(_table);
        Assert.NotNull(await client.GetAsync(new TableKey("app||type||id", "a"), Cancellation));
    }

    [Fact]
    public async Task Transaction_SameKeySeveralTimes_IsAppliedInOrder()
    {
        await SetAsync(Set("k", "1"));
        await SetAsync(Set("gone", "1"));
        var (etag, gone) = (await ETagAsync("k"), await ETagAsync("gone"));

        // After the first write of a transaction nobody knows the ETag.
        Assert.Equal(StateOutcome.EtagMismatch, await TransactAsync(Set("k", "2", etag), Set("k", "3", etag)));
        Assert.Equal(StateOutcome.EtagMismatch, await TransactAsync(Set("new", "2"), Set("new", "3", null, "first-write")));
        Assert.Equal(StateOutcome.EtagMismatch, await TransactAsync(Delete("k"), Delete("k", etag)));
        Assert.Equal("1", await TextAsync("k"));

        Assert.Equal(
            StateOutcome.Done,
            await TransactAsync(Set("k", "2", etag), Set("k", "3"), Delete("gone", gone), Set("gone", "4", null, "first-write"), Set("new", "5", null, "first-write"), Delete("new")));
        Assert.Equal("3 4 ", $"{await TextAsync("k")} {await TextAsync("gone")} {await TextAsync("new")}");
    }

    [Fact]
    public async Task Transaction_ExpiredRows_CountAsAbsent()
    {
        string[] keys = ["first", "etag", "delete", "plain", "twice"];
        await TransactAsync([.. keys.Select(key => Set(key, "1", ttl: "100"))]);
        var etag = await ETagAsync("delete");
        await PassAsync(TimeSpan.FromSeconds(100));

        Assert.Equal(StateOutcome.EtagMismatch, await TransactAsync(Set("plain", "2"), Delete("delete", etag)));
        Assert.Equal(
            StateOutcome.Done,
            await TransactAsync(
                Set("first", "2", null, "first-write"), Set("etag", "2", OtherETag), Delete("delete"), Set("plain", "2"), Delete("twice"), Set("twice", "2", null, "first-write")));

        Assert.Equal("2 2  2 2", string.Join(' ', await Task.WhenAll(keys.Select(TextAsync))));
        Assert.Null((await GetAsync("first"))!.ExpiresAt);
    }

    [Fact]
    public async Task Transaction_ManyExpiredAndAbsentRows_TakesFewRequests()
    {
        await TransactAsync([.. Enumerable.Range(0, 40).Select(i => Set($"k{i}", "1", ttl: "100"))]);
        await PassAsync(TimeSpan.FromSeconds(100));

        var outcome = await TransactAsync(
            [.. Enumerable.Range(0, 40).Select(i => (object)Set($"k{i}", "2", null, "first-write")), .. Enumerable.Range(0, 40).Select(i => (object)Delete($"absent{i}"))]);

        Assert.Equal(StateOutcome.Done, outcome);
        Assert.Equal("2", await TextAsync("k39"));
    }

    [Fact]
    public async Task Concurrent_FirstWriteOfAnExpiredKey_ExactlyOneWriterWins()
    {
        await SetAsync(Set("k", "old", ttl: "100"));
        await PassAsync(TimeSpan.FromSeconds(100));

        var outcomes = await AtOnceAsync(i => SetAsync(Set("k", $"{i}", null, "first-write")));

        Assert.Single(outcomes, StateOutcome.Done);
        Assert.Equal($"{Array.IndexOf(outcomes, StateOutcome.Done)}", await TextAsync("k"));
    }

    [Fact]
    public async Task Concurrent_TransactionsThatDeleteTheSameKeys_AllSucceed()
    {
        for (var round = 0; round < 5; round++)
        {
            await TransactAsync(Set("a", "1"), Set("b", "1"));

            var outcomes = await AtOnceAsync(i => TransactAsync(Delete("a"), Delete("b"), Set($"done{i}", "1")));

            Assert.All(outcomes, outcome => Assert.Equal(StateOutcome.Done, outcome));
            Assert.Null(await GetAsync("a"));
        }
    }

    [Fact]
    public async Task Cleanup_AfterItsInterval_RemovesWhatHasExpired()
    {
        using var client = fixture.Client(_table);
        for (var start = 0; start < 1100; start += 100)
        {
            await TransactAsync([.. Enumerable.Range(start, 100).Select(i => Set($"k{i}", "1", ttl: "100"))]);
        }

        await TransactAsync(Set("later", "1", ttl: "100000"), Set("never", "1"));

        // Not further, or the timeouts of what begins then would be over at once.
        Clock.Advance(Clock.NextTimer!.Value - Clock.GetUtcNow());

        await Serverless.Backends.Processes.Eventually.MustAsync(
            "only live rows are left", async () => await CountAsync(client) == 2, TimeSpan.FromSeconds(60), Cancellation);
        Assert.Equal("1 1", $"{await TextAsync("later")} {await TextAsync("never")}");
    }

    [Fact]
    public async Task Cleanup_BeforeItsInterval_RemovesNothing()
    {
        using var client = fixture.Client(_table);
        await SetAsync(Set("k", "1", ttl: "1"));
        Assert.InRange(Clock.NextTimer!.Value - Clock.GetUtcNow(), TimeSpan.FromMinutes(54), TimeSpan.FromMinutes(66));

        Clock.Advance(TimeSpan.FromMinutes(53));

        Assert.Null(await GetAsync("k"));
        Assert.Equal(1, await CountAsync(client));
    }

    private static async Task<int> CountAsync(TableClient client)
    {
        var count = 0;
        await foreach (var page in client.QueryAsync(new TableQuery(null), Cancellation))
        {
            count += page.Count;
        }

        return count;
    }
}
