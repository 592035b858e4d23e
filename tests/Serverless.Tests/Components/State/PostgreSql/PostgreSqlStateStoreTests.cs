using System.Globalization;
using Serverless.Components.Clients.PostgreSql;
using Serverless.Components.State;
using Serverless.Components.State.PostgreSql;

namespace Serverless.Tests.Components.State.PostgreSql;

public sealed class PostgreSqlStateStoreTests : FullStateStoreContract, IClassFixture<PostgreSqlServerFixture>
{
    // TTLs of the contract are multiples of it, so that the real time that a test takes is rounded away.
    private const int Grain = 10;

    // What has aged is kept this long; how long it has left stands in the test's own book.
    private const int Parked = 1_000_000_000;

    private readonly PostgreSqlServerFixture _fixture;
    private readonly string _prefix;
    private readonly Dictionary<string, double> _left = [];

    public PostgreSqlStateStoreTests(PostgreSqlServerFixture fixture) => (_fixture, _prefix) = (fixture, fixture.NextPrefix());

    private protected override StateOutcome FirstWriteConflict => StateOutcome.Rejected;

    private protected override bool ChecksOptionsOfDelete => false;

    private string Table => $"{_prefix}state";

    // On the real clock: the pause before a deadlocked transaction is tried again has to end.
    private protected override ITransactionalStateStore CreateStore() =>
        new PostgreSqlStateStore(PostgreSqlStores.Context(_fixture.Server.ConnectionString, TimeProvider.System, ("tablePrefix", _prefix)));

    // The database's clock, which stands still for no test.
    private protected override void AssertExpiry(int seconds, DateTimeOffset? reported) =>
        Assert.InRange(reported!.Value - TimeProvider.System.GetUtcNow(), TimeSpan.FromSeconds(seconds - Grain), TimeSpan.FromSeconds(seconds));

    private protected override async Task PassAsync(TimeSpan time)
    {
        foreach (var row in await _fixture.Witness.RowsAsync($"SELECT key, extract(epoch FROM expires_at - now()) FROM {Table} WHERE expires_at IS NOT NULL", Cancellation))
        {
            var (key, left) = (row[0]!, double.Parse(row[1]!, CultureInfo.InvariantCulture));
            _left[key] = (left > Parked / 2 ? _left[key] : Math.Ceiling(left / Grain) * Grain) - time.TotalSeconds;
            await _fixture.Witness.RunAsync(
                $"UPDATE {Table} SET expires_at = now() + {(_left[key] <= 0 ? -1 : Parked)} * interval '1 second' WHERE key = '{key}'", Cancellation);
        }
    }

    [Fact]
    public void Capabilities_AreDaprs() => Assert.Equal(["ETAG", "TRANSACTIONAL", "TTL", "KEYS_LIKE"], Store.Capabilities);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Transaction_FiveThousandOperations_AppliesAllInOrder(bool isConditional)
    {
        var operations = Enumerable.Range(0, 5_000).Select(i => (object)Set($"k{i % 2_500}", $"{i}")).ToList();
        if (isConditional)
        {
            operations.Add(Set("first", "1", null, "first-write"));
        }

        Assert.Equal(StateOutcome.Done, await TransactAsync([.. operations]));

        Assert.Equal($"{(isConditional ? 2_501 : 2_500)}", await _fixture.Witness.TextAsync($"SELECT count(*) FROM {Table}", Cancellation));
        Assert.Equal(("2500", "4999"), (await TextAsync("k0"), await TextAsync("k2499")));
    }

    [Fact]
    public async Task Transactions_InOppositeOrder_AllAreDone()
    {
        var keys = Enumerable.Range(0, 40).Select(i => $"k{i}").ToList();

        await Task.WhenAll(Enumerable.Range(0, 12).Select(async number =>
        {
            var order = number % 2 == 0 ? keys : Enumerable.Reverse(keys);
            Assert.Equal(StateOutcome.Done, await TransactAsync([.. order.Select(key => Set(key, $"{number}"))]));
        }));

        var values = await Task.WhenAll(keys.Select(TextAsync));
        Assert.Single(values.Distinct());
    }

    [Fact]
    public async Task Refusal_Texts_TellTheReason()
    {
        await SetAsync(Set("k", "1"));

        Assert.Equal(StateResult.EtagMismatch(), await Store.SetAsync(Set("k", "2", OtherETag), Cancellation));
        Assert.Equal(StateResult.EtagMismatch("the etag is no UUID"), await Store.SetAsync(Set("k", "2", "7"), Cancellation));
        Assert.Equal(StateResult.EtagMismatch("the etag is no UUID"), await Store.DeleteAsync(Delete("k", "7"), Cancellation));
        Assert.StartsWith("no item was updated", (await Store.SetAsync(Set("k", "2", null, "first-write"), Cancellation)).Detail, StringComparison.Ordinal);
        Assert.Equal("missing key in set operation", (await Store.SetAsync(Set("", "2"), Cancellation)).Detail);
    }

    [Theory]
    [InlineData("nul\0key")]
    [InlineData("\0")]
    public async Task Key_WithNul_IsRefusedClearly(string key)
    {
        var complaint = StateResult.Rejected("PostgreSQL can't store a key that holds the character U+0000");

        Assert.Equal(complaint, await Store.SetAsync(Set(key, "1"), Cancellation));
        Assert.Equal(complaint, await Store.DeleteAsync(Delete(key), Cancellation));
        Assert.Equal(complaint, await Store.TransactAsync(Transaction(Set("j", "1"), Set(key, "1")), Cancellation));
        Assert.Equal(complaint.Detail, (await Assert.ThrowsAsync<PostgreSqlException>(() => GetAsync(key))).Message);
        Assert.Null(await GetAsync("j"));
    }

    [Fact]
    public async Task Set_ETagInAnotherSpelling_IsTheSame()
    {
        await SetAsync(Set("k", "1"));
        var etag = await ETagAsync("k");

        Assert.Equal(etag, etag.ToLowerInvariant());
        Assert.Equal(StateOutcome.Done, await SetAsync(Set("k", "2", $"{{{etag.ToUpperInvariant()}}}")));
    }
}
