using System.Text;
using Serverless.Components.Registry;
using Serverless.Functions.Hosting;
using Serverless.Tests.Functions.Http;

namespace Serverless.Tests.Functions.State;

public sealed class StateGetTests
{
    private const string KeyError = "api error: code = InvalidArgument desc = input key/keyPrefix 'a||b' can't contain '||'";

    private static readonly MetadataValue EncryptionKey = new("primaryEncryptionKey", new string('a', 32), "secret1");

    [Fact]
    public async Task Get_NoStoreAtAll_IsNotConfigured()
    {
        await using var server = await ApiServer.StartAsync();
        var response = await server.GetAsync("/v1.0/state/store/k");
        Assert.Equal(500, response.Status);
        Assert.Equal("application/json", response.ContentType);
        Assert.Equal("""{"errorCode":"ERR_STATE_STORE_NOT_CONFIGURED","message":"state store store is not configured","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","domain":"dapr.io","metadata":{"appID":"app"},"reason":"DAPR_STATE_NOT_CONFIGURED"}]}""", response.Body);
    }

    [Fact]
    public async Task Get_UnknownStore_IsNotFound()
    {
        var (server, _) = await StateServer.StartAsync();
        await using var owned = server;
        var response = await server.GetAsync("/v1.0/state/Store/k");
        Assert.Equal(400, response.Status);
        Assert.Equal("""{"errorCode":"ERR_STATE_STORE_NOT_FOUND","message":"state store Store is not found","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","domain":"dapr.io","metadata":{"appID":"app"},"reason":"DAPR_STATE_NOT_FOUND"}]}""", response.Body);
    }

    [Fact]
    public async Task Get_MissingKey_Is204WithoutBodyOrType()
    {
        var (server, store) = await StateServer.StartAsync();
        await using var owned = server;
        var response = await server.GetAsync("/v1.0/state/store/k?consistency=sloppy&metadata.a=1&metadata.a=2&metadata.=x&Metadata.b=3&metadata.c=x%20y+z");
        Assert.Equal((204, "", null, null), (response.Status, response.Body, response.ContentType, response.Header("ETag")));
        var get = Assert.Single(store.Gets);
        Assert.Equal("app||k", get.Key);
        Assert.Equal("sloppy", get.Consistency);
        Assert.Equal([("", "x"), ("a", "1"), ("c", "x y z")], get.Metadata.OrderBy(item => item.Key, StringComparer.Ordinal).Select(item => (item.Key, item.Value)));
    }

    [Theory]
    [InlineData("{\"a\":1}")]
    [InlineData("null")]
    [InlineData("")]
    [InlineData("not json <&>")]
    public async Task Get_Found_IsVerbatim(string value)
    {
        var (server, store) = await StateServer.StartAsync();
        await using var owned = server;
        store.Put("app||k", value, "W/\"x\"", new DateTimeOffset(2030, 1, 2, 5, 4, 5, 999, TimeSpan.FromHours(2)));
        var response = await server.GetAsync("/v1.0/state/store/k");
        Assert.Equal((200, value, "application/json"), (response.Status, response.Body, response.ContentType));
        Assert.Equal("W/\"x\"", response.Header("etag"));
        Assert.Equal("2030-01-02T03:04:05Z", response.Header("metadata.ttlExpireTime"));
        Assert.Equal(Encoding.UTF8.GetByteCount(value).ToString(System.Globalization.CultureInfo.InvariantCulture), response.Header("Content-Length"));
    }

    [Fact]
    public async Task Get_NoEtag_SendsNone()
    {
        var (server, store) = await StateServer.StartAsync();
        await using var owned = server;
        store.Put("app||k", "1", etag: null);
        Assert.Null((await server.GetAsync("/v1.0/state/store/k")).Header("etag"));
    }

    [Fact]
    public async Task Get_StoreThrows_IsErrStateGet()
    {
        var (server, store) = await StateServer.StartAsync();
        await using var owned = server;
        store.OnGet = _ => throw new InvalidOperationException("broken <pipe>");
        var response = await server.GetAsync("/v1.0/state/store/a%2Fb");
        Assert.Equal(500, response.Status);
        Assert.Equal("""{"errorCode":"ERR_STATE_GET","message":"fail to get a/b from state store store: broken \u003cpipe\u003e"}""", response.Body);
    }

    [Fact]
    public async Task Get_IllegalKey_Has3Details()
    {
        var (server, _) = await StateServer.StartAsync();
        await using var owned = server;
        var response = await server.GetAsync("/v1.0/state/store/a%7C%7Cb");
        Assert.Equal(400, response.Status);
        Assert.Equal($$$"""{"errorCode":"ERR_MALFORMED_REQUEST","message":"{{{KeyError}}}","details":[{"@type":"type.googleapis.com/google.rpc.BadRequest","field_violations":[{"field":"a||b","description":"{{{KeyError}}}"}]},{"@type":"type.googleapis.com/google.rpc.ResourceInfo","description":"","owner":"","resource_name":"store","resource_type":"state"},{"@type":"type.googleapis.com/google.rpc.ErrorInfo","domain":"dapr.io","metadata":null,"reason":"DAPR_STATE_ILLEGAL_KEY"}]}""", response.Body);
    }

    [Theory]
    [InlineData("bulk")]
    [InlineData("transaction")]
    [InlineData("query")]
    [InlineData("a|b")]
    public async Task Get_KeyLikeARouteWord_IsAKey(string key)
    {
        var (server, store) = await StateServer.StartAsync();
        await using var owned = server;
        store.Put($"app||{key}", "1");
        Assert.Equal(200, (await server.GetAsync($"/v1.0/state/store/{key}")).Status);
    }

    [Fact]
    public async Task Get_Encrypted_RoundTripsAndHidesTheText()
    {
        var (server, store) = await StateServer.StartAsync(null, EncryptionKey);
        await using var owned = server;
        Assert.Equal(204, (await server.SendAsync("POST", "/v1.0/state/store", """[{"key":"k","value":{"a": 1}}]""")).Status);
        Assert.EndsWith("||secret1", store.Text("app||k"), StringComparison.Ordinal);
        Assert.True(Assert.Single(store.Sets).IsBinary);
        Assert.Equal("""{"a":1}""", (await server.GetAsync("/v1.0/state/store/k")).Body);
    }

    [Fact]
    public async Task Get_EncryptedButNotDecryptable_IsErrStateGet()
    {
        var (server, store) = await StateServer.StartAsync(null, EncryptionKey);
        await using var owned = server;
        store.Put("app||k", "plain");
        var response = await server.GetAsync("/v1.0/state/store/k");
        Assert.Equal(500, response.Status);
        Assert.Equal("""{"errorCode":"ERR_STATE_GET","message":"fail to get k from state store store: the stored value is not encrypted"}""", response.Body);
    }

    [Fact]
    public async Task Get_CallerGoesAway_CancelsTheStore()
    {
        var (server, store) = await StateServer.StartAsync();
        await using var owned = server;
        var started = new TaskCompletionSource();
        var cancelled = new TaskCompletionSource();
        store.BeforeGet = async cancellation =>
        {
            await using var registration = cancellation.Register(() => cancelled.TrySetResult());
            started.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
        };
        using (var client = new System.Net.Sockets.TcpClient())
        {
            await client.ConnectAsync("127.0.0.1", server.Port, TestContext.Current.CancellationToken);
            await client.GetStream().WriteAsync("GET /v1.0/state/store/k HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
            await started.Task.WaitAsync(TestContext.Current.CancellationToken);
        }

        await cancelled.Task.WaitAsync(TestContext.Current.CancellationToken);
        store.BeforeGet = null;
        Assert.Equal(204, (await server.GetAsync("/v1.0/state/store/k")).Status);
    }

    [Fact]
    public async Task Query_Unsupported_HasResourceInfo()
    {
        var (server, _) = await StateServer.StartAsync(new RuntimeOptions { MaxBodySize = 10 });
        await using var owned = server;
        var response = await server.SendAsync("POST", "/v1.0-alpha1/state/store/query", "{}");
        Assert.Equal(500, response.Status);
        Assert.Equal("""{"errorCode":"ERR_STATE_STORE_NOT_SUPPORTED","message":"state store does not support querying","details":[{"@type":"type.googleapis.com/google.rpc.ResourceInfo","description":"","owner":"","resource_name":"store","resource_type":"state"},{"@type":"type.googleapis.com/google.rpc.ErrorInfo","domain":"dapr.io","metadata":null,"reason":"DAPR_STATE_QUERYING_NOT_SUPPORTED"}]}""", response.Body);

        var unknown = await server.SendAsync("PUT", "/v1.0-alpha1/state/other/query", "{}");
        Assert.Equal((400, """{"errorCode":"ERR_STATE_STORE_NOT_FOUND","message":"state store other is not found","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","domain":"dapr.io","metadata":null,"reason":"DAPR_STATE_NOT_FOUND"}]}"""), (unknown.Status, unknown.Body));

        var large = await server.SendAsync("POST", "/v1.0-alpha1/state/store/query", new string('x', 11));
        Assert.Equal((400, """{"errorCode":"ERR_BODY_READ","message":"failed to read request body: stream too large"}"""), (large.Status, large.Body));

        Assert.Equal(404, (await server.SendAsync("POST", "/v1.0/state/store/query", "{}")).Status);
    }
}
