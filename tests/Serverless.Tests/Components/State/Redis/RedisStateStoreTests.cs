using System.Globalization;
using Serverless.Backends.Redis;
using Serverless.Components.State;
using Serverless.Components.State.Redis;
using Serverless.Tests.Clients.Redis;

namespace Serverless.Tests.Components.State.Redis;

public sealed class RedisStateStoreTests(RedisServerFixture fixture) : FullStateStoreContract, IClassFixture<RedisServerFixture>
{
    // TTLs of the contract are multiples of it, so that the real time that a test takes is rounded away.
    private const long Grain = 10_000;

    // What has aged is kept this long; how long it has left stands in the test's own book.
    private const long Parked = 1_000_000_000;

    private readonly Dictionary<string, long> _left = [];

    private protected override string OtherETag => "99";

    private protected override StateOutcome ForeignETag => StateOutcome.EtagInvalid;

    private protected override bool StartsAgain => true;

    private protected override bool LastWriteIgnoresETag => true;

    private protected override bool CreatesWithETag => true;

    private protected override bool DeletesAbsentWithETag => true;

    private protected override StateOutcome FirstWriteConflict => StateOutcome.Rejected;

    private protected override bool RefusesFirstWriteOfOrdinary => false;

    private protected override bool ReportsExpiry => false;

    private protected override bool KeepsTtl => true;

    public override async ValueTask InitializeAsync()
    {
        await fixture.Cli.CallAsync(["FLUSHALL"], Cancellation);
        await base.InitializeAsync();
    }

    private protected override bool IsETag(string etag) => int.TryParse(etag, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    private protected override bool TakesTtl(string ttl) => ttl != "9223372036854775807";

    private protected override ITransactionalStateStore CreateStore() => new RedisStateStore(RedisStores.Context(fixture.Server.Address, Clock));

    private protected override async Task PassAsync(TimeSpan time)
    {
        await base.PassAsync(time);
        foreach (var key in (await fixture.Cli.CallAsync(["KEYS", "*"], Cancellation)).List)
        {
            var ttl = (await fixture.Cli.CallAsync(["PTTL", key!], Cancellation)).Number;
            if (ttl >= 0)
            {
                _left[key!] = (ttl > Parked / 2 ? _left[key!] : (ttl + Grain - 1) / Grain * Grain) - (long)time.TotalMilliseconds;
                IReadOnlyList<RedisArgument> command = _left[key!] <= 0 ? ["DEL", key!] : ["PEXPIRE", key!, Parked];
                await fixture.Cli.CallAsync(command, Cancellation);
            }
        }
    }

    [Fact]
    public void Capabilities_AreDaprs() => Assert.Equal(["ETAG", "TRANSACTIONAL", "TTL", "KEYS_LIKE"], Store.Capabilities);

    [Fact]
    public async Task Transaction_TenThousandOperations_AppliesAll()
    {
        var operations = Enumerable.Range(0, 10_000).Select(i => (object)Set($"k{i}", $"{i}")).ToArray();

        Assert.Equal(StateOutcome.Done, await TransactAsync(operations));

        Assert.Equal(10_000, (await fixture.Cli.CallAsync(["DBSIZE"], Cancellation)).Number);
        Assert.Equal("9999", await TextAsync("k9999"));
    }

    [Fact]
    public async Task Transaction_MoreThanACommandCanHold_IsRejected()
    {
        var operation = new StateOperation(Delete("k"));

        var result = await Store.TransactAsync(new StateTransaction([.. Enumerable.Repeat(operation, 200_001)], StateMetadata.Empty), Cancellation);

        Assert.Equal(StateResult.Rejected("a transaction can't hold more than 200000 operations"), result);
    }

    [Fact]
    public async Task Transaction_ETagOfAnEarlierOperation_IsTheOneItWillHave()
    {
        await SetAsync(Set("k", "1"));

        Assert.Equal(StateOutcome.Done, await TransactAsync(Set("k", "2", "1"), Set("k", "3", "2"), Delete("k", "3"), Set("k", "4"), Set("k", "5", "1")));
        Assert.Equal(StateOutcome.EtagMismatch, await TransactAsync(Set("k", "6", "2"), Set("k", "7", "2")));

        Assert.Equal(("5", "2"), (await TextAsync("k"), await ETagAsync("k")));
    }

    [Fact]
    public async Task Transaction_FirstWrite_CountsForLaterOperations()
    {
        Assert.Equal(StateOutcome.Rejected, await TransactAsync(Set("k", "1", null, "first-write"), Set("k", "2")));
        Assert.Equal(StateOutcome.Done, await TransactAsync(Set("k", "1", null, "first-write"), Set("k", "2", "1"), Delete("k"), Set("k", "3"), Set("k", "4")));

        Assert.Equal("4", await TextAsync("k"));
    }

    [Fact]
    public async Task Transaction_StrongAmongOthers_IsDoneWithoutReplicas() =>
        Assert.Equal(StateOutcome.Done, await TransactAsync(Set("a", "1"), Set("b", "2", null, "", "strong")));

    [Theory]
    [InlineData("1", StateOutcome.Done)]
    [InlineData("+1", StateOutcome.Done)]
    [InlineData("01", StateOutcome.Done)]
    [InlineData("0", StateOutcome.Done)]
    [InlineData("2", StateOutcome.EtagMismatch)]
    [InlineData("-1", StateOutcome.EtagMismatch)]
    [InlineData("9223372036854775808", StateOutcome.EtagInvalid)]
    [InlineData("1.0", StateOutcome.EtagInvalid)]
    internal async Task Set_ETag_IsReadAsAWholeNumber(string etag, StateOutcome expected)
    {
        await SetAsync(Set("k", "1"));

        Assert.Equal(expected, await SetAsync(Set("k", "2", etag)));
    }

    [Fact]
    public async Task Refusal_Texts_NameTheKey()
    {
        await SetAsync(Set("k", "1", null, "first-write"));

        Assert.Equal(StateResult.EtagMismatch("failed to set key k"), await Store.SetAsync(Set("k", "2", "5"), Cancellation));
        Assert.Equal(StateResult.Rejected("failed to set key k: it was written with first-write, and no etag was passed"), await Store.SetAsync(Set("k", "2"), Cancellation));
        Assert.Equal(StateResult.EtagMismatch("failed to delete k"), await Store.DeleteAsync(Delete("k", "5"), Cancellation));
        Assert.Equal(StateResult.EtagMismatch("failed to set key k"), await Store.TransactAsync(Transaction(Set("j", "1"), Set("k", "2", "5")), Cancellation));
        Assert.Equal(StateResult.EtagInvalid("'x' is not a whole number"), await Store.SetAsync(Set("k", "2", "x"), Cancellation));
        Assert.StartsWith("failed to parse ttl from metadata: ", (await Store.SetAsync(Set("k", "2", ttl: "x"), Cancellation)).Detail, StringComparison.Ordinal);
    }
}
