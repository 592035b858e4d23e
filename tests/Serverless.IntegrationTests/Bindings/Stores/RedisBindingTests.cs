using System.Globalization;
using System.Net;
using Serverless.Backends.Redis;
using static Serverless.IntegrationTests.Bindings.Stores.StoreBindingApp;

namespace Serverless.IntegrationTests.Bindings.Stores;

/// <summary>bindings.redis on a real server.</summary>
public sealed class RedisBindingTests(RedisBindingFixture redis) : IClassFixture<RedisBindingFixture>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("\"text\"")]
    [InlineData("{\"a\":[1,2.50,null]}")]
    [InlineData("7")]
    public async Task Create_AnyJson_IsStoredAsItsTextAndRead(string data)
    {
        var create = await redis.App.CallAsync(Direct, "create", data, ("key", "any"));
        var get = await redis.App.CallAsync(Direct, "get", null, ("key", "any"));

        Assert.Equal((HttpStatusCode.NoContent, ""), (create.Status, create.Text));
        Assert.Equal((HttpStatusCode.OK, data), (get.Status, get.Text));
        Assert.Equal(data, await TextAsync("GET", "any"));
        Assert.Equal("-1", await TextAsync("PTTL", "any"));
    }

    [Fact]
    public async Task Create_LargeValue_ComesBackWhole()
    {
        var data = $"\"{new string('x', 1 << 20)}\"";

        await redis.App.CallAsync(Direct, "create", data, ("key", "large"));

        Assert.Equal(data, (await redis.App.CallAsync(Direct, "get", null, ("key", "large"))).Text);
    }

    [Fact]
    public async Task Get_Missing_IsEmpty()
    {
        var get = await redis.App.CallAsync(Direct, "get", null, ("key", "missing"));

        Assert.Equal((HttpStatusCode.OK, ""), (get.Status, get.Text));
    }

    [Theory]
    [InlineData("true", false)]
    [InlineData("1", true)]
    public async Task Get_WithDelete_TakesTheKeyAlong(string delete, bool isLeft)
    {
        await redis.App.CallAsync(Direct, "create", "1", ("key", $"once-{delete}"));

        Assert.Equal("1", (await redis.App.CallAsync(Direct, "get", null, ("key", $"once-{delete}"), ("delete", delete))).Text);
        Assert.Equal(isLeft ? "1" : "0", await TextAsync("EXISTS", $"once-{delete}"));
    }

    [Fact]
    public async Task Delete_Key_IsGoneAndMayBeMissing()
    {
        await redis.App.CallAsync(Direct, "create", "1", ("key", "gone"));

        Assert.Equal(HttpStatusCode.NoContent, (await redis.App.CallAsync(Direct, "delete", null, ("key", "gone"))).Status);
        Assert.Equal("0", await TextAsync("EXISTS", "gone"));
        Assert.Equal(HttpStatusCode.NoContent, (await redis.App.CallAsync(Direct, "delete", null, ("key", "gone"))).Status);
    }

    [Theory]
    [InlineData("create", "ttlInSeconds", "100", 100_000)]
    [InlineData("create", "ttl", "1h", 3_600_000)]
    [InlineData("increment", "ttlInSeconds", "100", 100_000)]
    public async Task Write_TimeToLive_IsSet(string operation, string item, string value, long most)
    {
        var key = $"ttl-{operation}-{item}";

        await redis.App.CallAsync(Direct, operation, "1", ("key", key), (item, value));

        Assert.InRange(long.Parse((await TextAsync("PTTL", key))!, CultureInfo.InvariantCulture), most - 20_000, most);
    }

    [Fact]
    public async Task Increment_Calls_Count()
    {
        foreach (var count in new[] { "1", "2", "3" })
        {
            Assert.Equal(HttpStatusCode.NoContent, (await redis.App.CallAsync(Direct, "increment", null, ("key", "count"))).Status);
            Assert.Equal(count, await TextAsync("GET", "count"));
        }
    }

    [Fact]
    public async Task Call_Unusable_IsToldInDaprsWords()
    {
        await redis.App.CallAsync(Direct, "create", "\"text\"", ("key", "text"));

        Assert.Equal("redis binding: missing key in request metadata", await redis.App.FailAsync(Direct, "get"));
        Assert.Equal("redis binding: missing key in request metadata", await redis.App.FailAsync(Direct, "create", "1", ("Key", "case")));
        Assert.Equal("binding direct does not support operation list. supported operations:create delete get increment", await redis.App.FailAsync(Direct, "list"));
        Assert.Equal("ttlInSeconds value must be higher than zero: actual is 0", await redis.App.FailAsync(Direct, "create", "1", ("key", "k"), ("ttlInSeconds", "0")));
        Assert.Contains("ERR value is not an integer", await redis.App.FailAsync(Direct, "increment", null, ("key", "text")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_SilentThenLostThenBack_IsToldAndUsedAgain()
    {
        redis.Proxy.ToClient.Hold();
        var silent = await redis.App.FailAsync(Proxied, "increment", null, ("key", "fate"));
        redis.Proxy.ToClient.Release();
        redis.Proxy.IsRefusing = true;
        redis.Proxy.CutAll();
        var lost = await redis.App.FailAsync(Proxied, "increment", null, ("key", "fate"));
        redis.Proxy.IsRefusing = false;

        Assert.Contains("whether it was executed is unknown", silent, StringComparison.Ordinal);
        Assert.Contains("not executed", lost, StringComparison.Ordinal);
        await Eventually.MustAsync(
            "the binding is back", async () => (await redis.App.CallAsync(Proxied, "get", null, ("key", "fate"))).Status == HttpStatusCode.OK, Limit, Token);
        Assert.Equal("1", await TextAsync("GET", "fate"));
    }

    [Fact]
    public async Task Start_WrongPasswordOrNobodyThere_IsRefused()
    {
        var wrong = await StoreBindingApp.RefuseAsync("bindings.redis", ("redisHost", redis.Server.Address), ("redisPassword", "wr0ng-secret"));
        var nobody = await StoreBindingApp.RefuseAsync("bindings.redis", ("redisHost", "127.0.0.1:1"), ("redisMaxRetries", "-1"));

        Assert.Contains($"redis binding: error connecting to redis at {redis.Server.Address}: ", wrong, StringComparison.Ordinal);
        Assert.Contains("WRONGPASS", wrong, StringComparison.Ordinal);
        Assert.DoesNotContain("wr0ng-secret", wrong, StringComparison.Ordinal);
        Assert.Contains("Connection refused", nobody, StringComparison.Ordinal);
    }

    private async Task<string?> TextAsync(params RedisArgument[] command) => (await redis.Server.Cli.CallAsync(command, Token)).Text;
}
