using Serverless.Components.State;
using Serverless.Components.State.AzureTableStorage;
using Serverless.Tests.Clients.AzureStorage.Tables;

namespace Serverless.Tests.Components.State.AzureTableStorage;

/// <summary>As daprd has it.</summary>
public sealed class TableStorageStateStoreTests(TableServerFixture fixture) : StateStoreContract, IClassFixture<TableServerFixture>
{
    private protected override string OtherETag => TableStores.OtherETag;

    private protected override bool CreatesWithETag => true;

    private protected override bool ChecksOptions => false;

    private protected override int LongKey => 512;

    private protected override int LargeText => (32 * 1024) - 2;

    private protected override bool IsETag(string etag) => etag.StartsWith("W/\"datetime'", StringComparison.Ordinal);

    private protected override bool TakesKey(string key) => key.AsSpan().IndexOfAny("/\\#?\t") < 0;

    private protected override string StoredKey(string key) => TableStores.StoredKey(key);

    private protected override IStateStore CreateStore() =>
        TableStorageStateStore.Create(TableStores.Context(fixture, TableServerFixture.NewName(), Clock));

    [Fact]
    public void Capabilities_AreDaprs()
    {
        Assert.Equal(["ETAG"], Store.Capabilities);
        Assert.False(Store is ITransactionalStateStore);
    }

    [Fact]
    public async Task Set_TooLarge_IsRejectedAndSaysWhatWouldHelp()
    {
        var result = await Store.SetAsync(Set("k", new string('1', (32 * 1024) + 1)), Cancellation);

        Assert.Equal(StateOutcome.Rejected, result.Outcome);
        Assert.Contains("32768", result.Message, StringComparison.Ordinal);
        Assert.Contains("extensions=\"true\"", result.Message, StringComparison.Ordinal);
        Assert.Null(await GetAsync("k"));
    }

    [Fact]
    public async Task Set_Ttl_HasNoEffect()
    {
        await SetAsync(Set("k", "1", ttl: "1"));
        await SetAsync(Set("odd", "1", ttl: "abc"));
        await PassAsync(TimeSpan.FromDays(1));

        Assert.Equal("1", await TextAsync("k"));
        Assert.Null((await GetAsync("odd"))!.ExpiresAt);
    }

    [Fact]
    public async Task Set_AnyETag_MatchesWhatIsThere()
    {
        await SetAsync(Set("k", "1"));

        Assert.Equal(StateOutcome.Done, await SetAsync(Set("k", "2", "*")));
        Assert.Equal(StateOutcome.Done, await DeleteAsync(Delete("k", "*")));
        Assert.Equal(StateOutcome.EtagMismatch, await DeleteAsync(Delete("k", "*")));
    }

    [Fact]
    public async Task Concurrent_ETagOfAnAbsentKey_ExactlyOneWriterWins()
    {
        var outcomes = await AtOnceAsync(i => SetAsync(Set("k", $"{i}", OtherETag)));

        Assert.Single(outcomes, StateOutcome.Done);
        Assert.Equal(Writers - 1, outcomes.Count(outcome => outcome == StateOutcome.EtagMismatch));
        Assert.Equal($"{Array.IndexOf(outcomes, StateOutcome.Done)}", await TextAsync("k"));
    }
}
