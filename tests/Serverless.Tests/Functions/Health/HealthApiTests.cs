using Serverless.Tests.Functions.Http;

namespace Serverless.Tests.Functions.Health;

public sealed class HealthApiTests
{
    [Fact]
    public async Task Healthz_NoTargets_IsNotReady()
    {
        await using var server = await ApiServer.StartAsync();
        var response = await server.GetAsync("/v1.0/healthz");
        Assert.Equal((500, """{"errorCode":"ERR_HEALTH_NOT_READY","message":"dapr is not ready: []"}"""), (response.Status, response.Body));
    }

    [Fact]
    public async Task Healthz_UnreadyTargets_AreNamed()
    {
        await using var server = await ApiServer.StartAsync();
        server.Runtime.Set("b", false);
        server.Runtime.Set("a", false);
        server.Runtime.Set("c", true);
        var response = await server.GetAsync("/v1.0/healthz/?appid=wrong");
        Assert.Equal((500, """{"errorCode":"ERR_HEALTH_NOT_READY","message":"dapr is not ready: [a b]"}"""), (response.Status, response.Body));
    }

    [Theory]
    [InlineData("", 204)]
    [InlineData("?appid=app", 204)]
    [InlineData("?AppId=other", 204)]
    [InlineData("?appid=other", 500)]
    [InlineData("?appid=", 500)]
    [InlineData("?appid", 500)]
    public async Task Healthz_Ready_ChecksTheAppId(string query, int status)
    {
        await using var server = await ApiServer.StartAsync();
        server.Runtime.Set("a", true);
        var response = await server.GetAsync("/v1.0/healthz" + query);
        Assert.Equal(status, response.Status);
        Assert.Equal(status == 204 ? "" : """{"errorCode":"ERR_HEALTH_APPID_NOT_MATCH","message":"dapr app-id does not match"}""", response.Body);
    }

    [Fact]
    public async Task Outbound_HasItsOwnTargetsAndCode()
    {
        await using var server = await ApiServer.StartAsync();
        server.Runtime.Set("a", true);
        var unready = await server.GetAsync("/v1.0/healthz/outbound");
        Assert.Equal((500, """{"errorCode":"ERR_OUTBOUND_HEALTH_NOT_READY","message":"dapr outbound is not ready"}"""), (unready.Status, unready.Body));
        server.Outbound.Set("b", true);
        Assert.Equal(204, (await server.GetAsync("/v1.0/healthz/outbound")).Status);
    }

    [Fact]
    public async Task PlainHealthz_Is503Or200WithoutBody()
    {
        await using var server = await ApiServer.StartAsync();
        var unready = await server.GetAsync("/healthz");
        Assert.Equal((503, ""), (unready.Status, unready.Body));
        server.Runtime.Set("a", true);
        var ready = await server.GetAsync("/healthz");
        Assert.Equal((200, ""), (ready.Status, ready.Body));
    }
}
