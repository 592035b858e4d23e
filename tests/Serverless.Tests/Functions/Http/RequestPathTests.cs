using Serverless.Functions.Hosting;
using Serverless.Tests.Functions.State;

namespace Serverless.Tests.Functions.Http;

/// <summary>What a request target means, standalone and behind the Functions host.</summary>
public sealed class RequestPathTests
{
    private const string NoTarget = """{"errorCode":"ERR_DIRECT_INVOKE","message":"failed getting app id either from the URL path or the header dapr-app-id"}""";

    [Theory]
    [InlineData("/v1.0/state/store/k", "k")]
    [InlineData("/v1.0/state/store/k/", "k")]
    [InlineData("//v1.0///state/store//k//", "k")]
    [InlineData("/v1.0/./state/store/x/../k", "k")]
    [InlineData("/../../v1.0/state/store/k", "k")]
    [InlineData("/v1.0/state/store/k?x=/../y", "k")]
    [InlineData("http://localhost/v1.0/state/store/k?a=b", "k")]
    [InlineData("/v1.0/state/st%6Fre/k", "k")]
    [InlineData("/v1.0/state/store/a%2Fb", "a/b")]
    [InlineData("/v1.0/state/store/a%2fb", "a/b")]
    [InlineData("/v1.0/state/store/a+b", "a b")]
    [InlineData("/v1.0/state/store/a%2Bb", "a+b")]
    [InlineData("/v1.0/state/store/a%20b", "a b")]
    [InlineData("/v1.0/state/store/a%2520b", "a%20b")]
    [InlineData("/v1.0/state/store/a%252Fb", "a%2Fb")]
    [InlineData("/v1.0/state/store/%2e%2e", "..")]
    [InlineData("/v1.0/state/store/..%2Fx", "../x")]
    [InlineData("/v1.0/state/store/%C3%A9%f0%9f%98%80", "é😀")]
    [InlineData("/v1.0/state/store/a%3Fb%23", "a?b#")]
    [InlineData("/v1.0/state/store/K", "K")]
    [InlineData("/v1.0/state/store/a;b=c:d@e!$&'()*,~", "a;b=c:d@e!$&'()*,~")]
    public async Task Standalone_KeyIsDecodedOnceByQueryRules(string target, string key)
    {
        var (server, store) = await StateServer.StartAsync();
        await using var owned = server;
        var response = await server.GetAsync(target);
        Assert.Equal((204, ""), (response.Status, response.Body));
        Assert.Equal($"app||{key}", Assert.Single(store.Gets).Key);
    }

    [Theory]
    [InlineData("/v1.0/state/store/a%2Fb", "a/b")]
    [InlineData("/v1.0/state/store/a%252Fb", "a/b")]
    [InlineData("/v1.0/state/store/a+b", "a+b")]
    [InlineData("/v1.0/state/store/a%20b", "a b")]
    [InlineData("/v1.0/state/store/a%2Bb", "a+b")]
    [InlineData("/v1.0/state/store/%7C", "|")]
    [InlineData("/v1.0/state/store/100%25", "100%")]
    [InlineData("/v1.0/state/store/%FF", "%FF")]
    [InlineData("/v1.0/state/store/%zz", "%zz")]
    [InlineData("/v1.0/state/store/..%2Fx", "../x")]
    [InlineData("/v1.0//state/store/k/", "k")]
    [InlineData("http://localhost/v1.0/state/store/k", "k")]
    public async Task UnderHost_OnlySlashesAreStillDecoded(string target, string key)
    {
        var (server, store) = await StateServer.StartAsync(new RuntimeOptions { UnderHost = true });
        await using var owned = server;
        Assert.Equal(204, (await server.GetAsync(target)).Status);
        Assert.Equal($"app||{key}", Assert.Single(store.Gets).Key);
    }

    [Theory]
    [InlineData("/v1.0/state/store/%zz", "key", "invalid URL escape \"%zz\"")]
    [InlineData("/v1.0/state/store/a%2", "key", "invalid URL escape \"%2\"")]
    [InlineData("/v1.0/state/%/k", "storeName", "invalid URL escape \"%\"")]
    [InlineData("/v1.0/state/store/%FF", "key", "invalid UTF-8")]
    [InlineData("/v1.0/state/store/%C3%28", "key", "invalid UTF-8")]
    public async Task Standalone_BadEscape_Is400Text(string target, string name, string fault)
    {
        var (server, store) = await StateServer.StartAsync();
        await using var owned = server;
        var response = await server.GetAsync(target);
        Assert.Equal((400, "text/plain; charset=utf-8"), (response.Status, response.ContentType));
        Assert.Equal($"failed to unescape request parameter \"{name}\". Error: {fault}\n", response.Body);
        Assert.Empty(store.Gets);
    }

    [Theory]
    [InlineData("GET", "/")]
    [InlineData("GET", "/v1.0")]
    [InlineData("GET", "/v2.0/state/store/k")]
    [InlineData("GET", "/V1.0/state/store/k")]
    [InlineData("GET", "/v1.0/State/store/k")]
    [InlineData("GET", "/v1.0-alpha1/state/store/k")]
    [InlineData("GET", "/v1.0/state/store/a/b")]
    [InlineData("GET", "/v1.0/state/store")]
    [InlineData("GET", "/v1.0/state")]
    [InlineData("DELETE", "/v1.0/state/store")]
    [InlineData("PATCH", "/v1.0/state/store")]
    [InlineData("POST", "/v1.0/state/store/k")]
    [InlineData("PUT", "/v1.0/metadata")]
    [InlineData("POST", "/v1.0/healthz")]
    [InlineData("GET", "/v1.0/shutdown")]
    [InlineData("OPTIONS", "/v1.0/state/store/k")]
    [InlineData("OPTIONS", "*")]
    [InlineData("GET", "/v1.0%2Fstate/store/k")]
    [InlineData("GET", "/v1.0/..%2Fhealthz")]
    [InlineData("GET", "/v1.0/invoke/x")]
    [InlineData("GET", "/v1.0/invoke//method/y")]
    [InlineData("CUSTOM", "/v1.0/metadata")]
    public async Task Unmatched_Is404Json(string method, string target)
    {
        var (server, _) = await StateServer.StartAsync();
        await using var owned = server;
        var response = await server.SendAsync(method, target);
        Assert.Equal((404, NoTarget, "application/json"), (response.Status, response.Body, response.ContentType));
    }

    [Fact]
    public async Task Head_IsUnmatchedToo()
    {
        var (server, _) = await StateServer.StartAsync();
        await using var owned = server;
        var response = await server.SendAsync("HEAD", "/v1.0/metadata");
        Assert.Equal((404, "", "application/json"), (response.Status, response.Body, response.ContentType));
    }

    [Fact]
    public async Task NonAsciiTarget_IsRefusedByTheServer()
    {
        var (server, _) = await StateServer.StartAsync();
        await using var owned = server;
        foreach (var bytes in (byte[][])[[0xC3, 0xA9], [0xFF, 0xFE], [0x00]])
        {
            byte[] request = [.. "GET /v1.0/state/store/"u8, .. bytes, .. " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"u8];
            Assert.Equal(400, (await server.RawAsync(request)).Status);
        }

        Assert.Equal(200, (await server.GetAsync("/v1.0/metadata")).Status);
    }

    [Theory]
    [InlineData("a=1&a=2&b", "a", "1")]
    [InlineData("A=1", "a", null)]
    [InlineData("a", "a", "")]
    [InlineData("a=%zz&a=2", "a", "2")]
    [InlineData("a;b=1", "a", null)]
    [InlineData("%61=x%26y", "a", "x&y")]
    [InlineData("a=1=2&&", "a", "1=2")]
    public void Query_FollowsGo(string query, string name, string? value) =>
        Assert.Equal(value, Serverless.Functions.Http.RequestQuery.Value(new Microsoft.AspNetCore.Http.QueryString("?" + query), name));
}
