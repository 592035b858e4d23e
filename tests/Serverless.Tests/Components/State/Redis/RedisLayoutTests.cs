using System.Text;
using Serverless.Backends.Redis;
using Serverless.Components.State;
using Serverless.Components.State.Redis;
using Serverless.Tests.Clients.Redis;

namespace Serverless.Tests.Components.State.Redis;

/// <summary>What daprd leaves in Redis is read here, and what is written here has its layout.</summary>
public sealed class RedisLayoutTests(RedisServerFixture fixture) : IClassFixture<RedisServerFixture>, IAsyncLifetime
{
    private RedisStateStore _store = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await CallAsync("FLUSHALL");
        _store = await StartAsync();
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task Get_DaprdsHash_IsRead()
    {
        await CallAsync("HSET", "k", "data", "{\"a\":1}", "first-write", "0", "version", "7");

        Assert.Equal(("{\"a\":1}", "7"), await GetAsync("k"));
    }

    [Fact]
    public async Task Get_FieldsInAnyOrderAmongOthers_IsRead()
    {
        await CallAsync("HSET", "k", "other", "x", "version", "2", "more", new string('y', 100), "data", "");

        Assert.Equal(("", "2"), await GetAsync("k"));
    }

    [Fact]
    public async Task Get_PlainString_IsReadWithoutETag()
    {
        await CallAsync("SET", "k", "hello");

        Assert.Equal(("hello", null), await GetAsync("k"));
    }

    [Theory]
    [InlineData("data")]
    [InlineData("version")]
    [InlineData("first-write")]
    public async Task Get_FieldsMissing_IsAFault(string onlyField)
    {
        await CallAsync("HSET", "k", onlyField, "1");

        var fault = await Assert.ThrowsAsync<InvalidDataException>(() => GetAsync("k"));

        Assert.Equal("required hash field 'data' or 'version' was not found", fault.Message);
    }

    [Fact]
    public async Task Get_List_IsTheServersFault()
    {
        await CallAsync("RPUSH", "k", "1");

        Assert.Contains("WRONGTYPE", (await Assert.ThrowsAnyAsync<Exception>(() => GetAsync("k"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Set_NewKey_HasDaprdsFields()
    {
        await SaveAsync("k", "\"v\"");

        Assert.Equal(new Dictionary<string, string?> { ["version"] = "1", ["data"] = "\"v\"" }, (await CallAsync("HGETALL", "k")).Map);
        Assert.Equal(-1, (await CallAsync("TTL", "k")).Number);
    }

    [Fact]
    public async Task Set_FirstWrite_LeavesTheMarkUntilTheKeyIsDeleted()
    {
        await SaveAsync("k", "1", concurrency: "first-write");
        await SaveAsync("k", "2", etag: "1");

        Assert.Equal(new Dictionary<string, string?> { ["version"] = "2", ["data"] = "2", ["first-write"] = "0" }, (await CallAsync("HGETALL", "k")).Map);
        await _store.DeleteAsync(new StateDelete { Key = "k" }, Token);
        Assert.Equal(0, (await CallAsync("EXISTS", "k")).Number);
    }

    [Fact]
    public async Task Set_MarkLeftByDaprd_RefusesWritesWithoutETag()
    {
        await CallAsync("HSET", "k", "data", "1", "version", "4", "first-write", "0");

        Assert.Equal(StateOutcome.Rejected, await SaveAsync("k", "2"));
        Assert.Equal(StateOutcome.EtagMismatch, await SaveAsync("k", "2", etag: "4", concurrency: "last-write"));
        Assert.Equal(StateOutcome.Done, await SaveAsync("k", "2", etag: "4"));
    }

    [Theory]
    [InlineData("SET")]
    [InlineData("RPUSH")]
    public async Task Set_KeyOfAnotherType_IsReplacedWithItsExpiry(string command)
    {
        foreach (var isTransaction in (bool[])[false, true])
        {
            await CallAsync("DEL", "k");
            await CallAsync(command, "k", "other");
            await CallAsync("EXPIRE", "k", 100);

            Assert.Equal(StateOutcome.Done, isTransaction ? await TransactAsync(Item("k", "1", "5"), Item("j", "1")) : await SaveAsync("k", "1", etag: "5"));

            Assert.Equal(("1", "1"), await GetAsync("k"));
            Assert.Equal(-1, (await CallAsync("TTL", "k")).Number);
        }
    }

    [Theory]
    [InlineData("7")]
    [InlineData("")]
    public async Task Delete_KeyOfAnotherType_IsDeletedWhateverTheETag(string etag)
    {
        await CallAsync("SET", "k", "text");
        await CallAsync("RPUSH", "l", "item");

        Assert.Equal(StateOutcome.Done, (await _store.DeleteAsync(new StateDelete { Key = "k", ETag = etag }, Token)).Outcome);
        Assert.Equal(StateOutcome.Done, await TransactAsync(new StateDelete { Key = "l", ETag = etag }, Item("j", "1")));

        Assert.Equal("j", Assert.Single((await CallAsync("KEYS", "*")).List));
    }

    [Fact]
    public async Task Set_EmptyVersion_CountsAsNone()
    {
        await CallAsync("HSET", "k", "data", "1", "version", "", "first-write", "0");
        await CallAsync("HSET", "j", "data", "1", "version", "", "first-write", "0");

        Assert.Equal(StateOutcome.Done, await SaveAsync("k", "2", etag: "9"));
        Assert.Equal(StateOutcome.Done, await TransactAsync(Item("j", "2", "9"), Item("j", "3", "1")));

        Assert.Equal(("2", "1"), await GetAsync("k"));
        Assert.Equal(("3", "2"), await GetAsync("j"));
    }

    [Theory]
    [InlineData("seven")]
    [InlineData("007")]
    [InlineData("-0")]
    [InlineData("+1")]
    [InlineData("1 ")]
    [InlineData("1.5")]
    [InlineData("9223372036854775807")]
    public async Task Write_VersionThatRedisCannotCountUp_ChangesNothing(string version)
    {
        await CallAsync("HSET", "k", "data", "1", "version", version);

        await Assert.ThrowsAnyAsync<Exception>(() => SaveAsync("k", "2"));
        Assert.Equal(StateOutcome.Rejected, await TransactAsync(Item("j", "1"), Item("k", "2")));

        Assert.Equal(("1", version), await GetAsync("k"));
        Assert.Equal(0, (await CallAsync("EXISTS", "j")).Number);
    }

    [Theory]
    [InlineData("0", "1")]
    [InlineData("-1", "0")]
    [InlineData("-10", "-9")]
    [InlineData("999999999999999999", "1000000000000000000")]
    public async Task Write_VersionOfAnyInteger_CountsUp(string version, string expected)
    {
        await CallAsync("HSET", "k", "data", "1", "version", version);
        await CallAsync("HSET", "j", "data", "1", "version", version);

        Assert.Equal(StateOutcome.Done, await SaveAsync("k", "2", etag: version));
        Assert.Equal(StateOutcome.Done, await TransactAsync(Item("j", "2", version), Item("i", "1")));

        Assert.Equal(("2", expected), await GetAsync("k"));
        Assert.Equal(("2", expected), await GetAsync("j"));
    }

    [Fact]
    public async Task Ttl_IsSetByTheWriteItself()
    {
        await SaveAsync("k", "1", ttl: "100");
        await TransactAsync(Item("j", "1", ttl: "100"), Item("i", "1"));

        Assert.InRange((await CallAsync("TTL", "k")).Number, 90, 100);
        Assert.InRange((await CallAsync("TTL", "j")).Number, 90, 100);
        Assert.Equal(-1, (await CallAsync("TTL", "i")).Number);
    }

    [Theory]
    [InlineData("9000000000000000", StateOutcome.Done)]
    [InlineData("9000000000000001", StateOutcome.Rejected)]
    [InlineData("-9223372036854775808", StateOutcome.Done)]
    internal async Task Ttl_Limits_AreCheckedBeforeAnythingIsWritten(string ttl, StateOutcome expected)
    {
        Assert.Equal(expected, await SaveAsync("k", "1", ttl: ttl));
        Assert.Equal(expected, await TransactAsync(Item("j", "1", ttl: ttl), Item("i", "1")));

        Assert.Equal(expected == StateOutcome.Done ? 3 : 0, (await CallAsync("DBSIZE")).Number);
    }

    [Fact]
    public async Task Ttl_OfTheComponent_HoldsWhereAnItemHasNone()
    {
        await using var store = await StartAsync(("ttlInSeconds", "500"));
        await store.SetAsync(Item("a", "1"), Token);
        await store.SetAsync(Item("b", "1", ttl: "50"), Token);
        await store.SetAsync(Item("c", "1", ttl: "0"), Token);
        await store.TransactAsync(new StateTransaction([new StateOperation(Item("d", "1")), new StateOperation(Item("e", "1", ttl: "-1"))], StateMetadata.Empty), Token);

        var ttls = new List<long>();
        foreach (var key in (string[])["a", "b", "c", "d", "e"])
        {
            ttls.Add((await CallAsync("TTL", key)).Number);
        }

        Assert.Collection(
            ttls, a => Assert.InRange(a, 450, 500), b => Assert.InRange(b, 40, 50), c => Assert.Equal(-1, c), d => Assert.InRange(d, 450, 500), e => Assert.Equal(-1, e));
    }

    [Fact]
    public async Task ContentTypeJson_WithoutTheModule_UsesTheHash()
    {
        var set = Item("k", "1") with { Metadata = new Dictionary<string, string> { ["contentType"] = "application/json" } };

        Assert.Equal(StateOutcome.Done, (await _store.SetAsync(set, Token)).Outcome);

        Assert.Equal("hash", (await CallAsync("TYPE", "k")).Text);
    }

    [Fact]
    public async Task Scripts_ForgottenByTheServer_AreSentAgain()
    {
        await SaveAsync("k", "1");
        await CallAsync("SCRIPT", "FLUSH");

        Assert.Equal(StateOutcome.Done, await SaveAsync("k", "2", etag: "1"));
    }

    private static StateSet Item(string key, string value, string? etag = null, string concurrency = "", string? ttl = null) => new()
    {
        Key = key,
        Value = Encoding.UTF8.GetBytes(value),
        ETag = etag,
        Options = new StateOptions(concurrency, ""),
        Metadata = ttl is null ? StateMetadata.Empty : new Dictionary<string, string> { ["ttlInSeconds"] = ttl },
    };

    private async Task<RedisStateStore> StartAsync(params (string Name, string Value)[] items)
    {
        var store = new RedisStateStore(RedisStores.Context(fixture.Server.Address, TimeProvider.System, items));
        await store.InitializeAsync(Token);
        return store;
    }

    private Task<RedisReply> CallAsync(params RedisArgument[] command) => fixture.Cli.CallAsync(command, Token);

    private async Task<(string? Value, string? ETag)> GetAsync(string key) =>
        await _store.GetAsync(new StateGet(key, "", StateMetadata.Empty), Token) is { } entry ? (Encoding.UTF8.GetString(entry.Value.Span), entry.ETag) : (null, null);

    private async Task<StateOutcome> SaveAsync(string key, string value, string? etag = null, string concurrency = "", string? ttl = null) =>
        (await _store.SetAsync(Item(key, value, etag, concurrency, ttl), Token)).Outcome;

    private async Task<StateOutcome> TransactAsync(params object[] operations) => (await _store.TransactAsync(
        new StateTransaction([.. operations.Select(operation => operation is StateSet set ? new StateOperation(set) : new StateOperation((StateDelete)operation))], StateMetadata.Empty), Token)).Outcome;
}
