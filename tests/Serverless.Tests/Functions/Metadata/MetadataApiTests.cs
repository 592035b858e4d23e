using Serverless.Components.Registry.Live;
using Serverless.Functions.Hosting;
using Serverless.Tests.Functions.Http;
using Serverless.Tests.Functions.State;

namespace Serverless.Tests.Functions.Metadata;

public sealed class MetadataApiTests
{
    private static string Bare => """{"id":"app","runtimeVersion":"1.2.3","enabledFeatures":["HotReload"],"extended":{"daprRuntimeVersion":"1.2.3"},"appConnectionProperties":{},"actorRuntime":{"runtimeStatus":"DISABLED","hostReady":false},"workflows":{}}""" + "\n";

    [Fact]
    public async Task Get_NothingLoaded_IsTheBareDocument()
    {
        await using var server = await ApiServer.StartAsync();
        var response = await server.GetAsync("/v1.0/metadata");
        Assert.Equal((200, Bare, "application/json"), (response.Status, response.Body, response.ContentType));
    }

    [Fact]
    public async Task Get_Components_AreListedInNameOrderWithoutFailedOnes()
    {
        await using var server = await ApiServer.StartAsync(new RuntimeOptions { AppId = "" });
        StateServer.AddStore(server, "b", new FakeStateStore());
        StateServer.AddStore(server, "a", new FakeStateStore { Capabilities = [] });
        var failed = StateServer.Definition("c");
        server.Registry.Live.Update(live => live.Create(failed, new LiveComponent(failed, "no connection")));
        server.Configure(ApiServer.Configuration() with { Features = new Dictionary<string, bool> { ["HotReload"] = false } });
        var response = await server.GetAsync("/v1.0/metadata");
        Assert.StartsWith("""{"runtimeVersion":"1.2.3","components":[{"name":"a","type":"state.fake","version":"v1"},{"name":"b","type":"state.fake","version":"v1","capabilities":["ETAG","TRANSACTIONAL","TTL","ACTOR"]}],"extended":""", response.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_App_ShowsNonDefaultMembers()
    {
        await using var server = await ApiServer.StartAsync(new RuntimeOptions
        {
            AppPort = 5000,
            AppHealthCheck = true,
            AppHealthProbeInterval = TimeSpan.FromSeconds(90),
        });
        var response = await server.GetAsync("/v1.0/metadata");
        Assert.Contains(""","appConnectionProperties":{"port":5000,"protocol":"http","channelAddress":"127.0.0.1","maxConcurrency":-1,"health":{"healthCheckPath":"/healthz","healthProbeInterval":"1m30s","healthProbeTimeout":"500ms","healthThreshold":3}},""", response.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://app.example/api", """{"port":443,"protocol":"https","channelAddress":"app.example","maxConcurrency":-1}""")]
    [InlineData("http://[::1]:81", """{"port":81,"protocol":"http","channelAddress":"[::1]","maxConcurrency":-1}""")]
    public async Task Get_AppUrl_ShowsWhereTheAppIs(string url, string expected)
    {
        await using var server = await ApiServer.StartAsync(new RuntimeOptions { AppUrl = url, AppPort = 5000 });
        Assert.Contains($",\"appConnectionProperties\":{expected},", (await server.GetAsync("/v1.0/metadata")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Put_ValueIsTheRawText()
    {
        await using var server = await ApiServer.StartAsync();
        Assert.Equal(204, (await server.SendAsync("PUT", "/v1.0/metadata/z%2Fa+b", "\"q\" <é>")).Status);
        Assert.Equal(204, (await server.SendAsync("PUT", "/v1.0/metadata/a")).Status);
        Assert.Equal(204, (await server.SendAsync("PUT", "/v1.0/metadata/daprRuntimeVersion", "9")).Status);
        Assert.Equal(204, (await server.SendAsync("PUT", "/v1.0/metadata/Z", "1")).Status);
        Assert.Equal(204, (await server.SendAsync("PUT", "/v1.0/metadata/Z", "2")).Status);
        var response = await server.GetAsync("/v1.0/metadata");
        Assert.Contains(""","extended":{"Z":"2","a":"","daprRuntimeVersion":"1.2.3","z/a b":"\"q\" \u003cé\u003e"},""", response.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Put_TooLarge_IsBodyRead()
    {
        await using var server = await ApiServer.StartAsync(new RuntimeOptions { MaxBodySize = 3 });
        Assert.Equal(204, (await server.SendAsync("PUT", "/v1.0/metadata/k", "123")).Status);
        var response = await server.SendAsync("PUT", "/v1.0/metadata/k", "1234");
        Assert.Equal((400, """{"errorCode":"ERR_BODY_READ","message":"failed to read request body: stream too large"}"""), (response.Status, response.Body));
    }

    [Theory]
    [InlineData("{}", 200)]
    [InlineData(" {\"x\":[1]} ", 200)]
    [InlineData("", 200)]
    [InlineData("x", 400)]
    [InlineData("[]", 400)]
    [InlineData("{} {}", 400)]
    public async Task Get_Body_MustBeAnObject(string body, int status)
    {
        await using var server = await ApiServer.StartAsync();
        var response = await server.SendAsync("GET", "/v1.0/metadata", body);
        Assert.Equal(status, response.Status);
        Assert.Equal(status == 400, response.Body.StartsWith("{\"errorCode\":\"ERR_MALFORMED_REQUEST\",\"message\":\"failed deserializing HTTP body: ", StringComparison.Ordinal));
    }
}
