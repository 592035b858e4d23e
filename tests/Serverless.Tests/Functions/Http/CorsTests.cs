using Serverless.Functions.Hosting;

namespace Serverless.Tests.Functions.Http;

public sealed class CorsTests
{
    private const string Preflight = "Access-Control-Request-Method: put";

    [Fact]
    public async Task Off_SendsNothing()
    {
        await using var server = await ApiServer.StartAsync();
        var response = await server.SendAsync("OPTIONS", "/v1.0/metadata", null, "Origin: http://a", Preflight);
        Assert.Equal(404, response.Status);
        Assert.DoesNotContain(response.Headers, header => header.Name.StartsWith("Access-Control", StringComparison.Ordinal) || header.Name == "Vary");
    }

    [Theory]
    [InlineData("*", "http://a", "*")]
    [InlineData("http://a,http://b", "http://B", "http://B")]
    [InlineData("http://*.x.org", "http://a.x.org", "http://a.x.org")]
    [InlineData("http://a", "http://c", null)]
    [InlineData("http://*.x.org", "http://x.org", null)]
    public async Task Origin_IsEchoedWhenAllowed(string allowed, string origin, string? echoed)
    {
        await using var server = await ApiServer.StartAsync(new RuntimeOptions { AllowedOrigins = allowed });
        var actual = await server.GetAsync("/v1.0/metadata", $"Origin: {origin}");
        Assert.Equal((200, echoed, "Origin"), (actual.Status, actual.Header("Access-Control-Allow-Origin"), actual.Header("Vary")));
        var preflight = await server.SendAsync("OPTIONS", "/v1.0/metadata", null, $"Origin: {origin}", Preflight, "Access-Control-Request-Headers: x-a,CONTENT-type");
        Assert.Equal((200, "", echoed), (preflight.Status, preflight.Body, preflight.Header("Access-Control-Allow-Origin")));
        Assert.Equal(echoed is null ? null : "PUT", preflight.Header("Access-Control-Allow-Methods"));
        Assert.Equal(echoed is null ? null : "X-A, Content-Type", preflight.Header("Access-Control-Allow-Headers"));
        Assert.Equal(["Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers"],
            preflight.Headers.Where(header => header.Name == "Vary").SelectMany(header => header.Value.Split(", ")));
    }

    [Fact]
    public async Task Preflight_NeedsNoToken_AndTheCallDoes()
    {
        await using var server = await ApiServer.StartAsync(new RuntimeOptions { AllowedOrigins = "*", ApiToken = "t" });
        Assert.Equal(200, (await server.SendAsync("OPTIONS", "/v1.0/metadata", null, "Origin: http://a", Preflight)).Status);
        var refused = await server.GetAsync("/v1.0/metadata", "Origin: http://a");
        Assert.Equal((401, "*"), (refused.Status, refused.Header("Access-Control-Allow-Origin")));
        Assert.Equal(401, (await server.SendAsync("OPTIONS", "/v1.0/metadata", null, "Origin: http://a")).Status);
    }

    [Theory]
    [InlineData("Access-Control-Request-Method: TRACE", "Origin: http://a")]
    [InlineData("Access-Control-Request-Method: GET", "X: no origin")]
    public async Task Preflight_NotAllowed_IsAnsweredWithoutHeaders(string method, string origin)
    {
        await using var server = await ApiServer.StartAsync(new RuntimeOptions { AllowedOrigins = "*" });
        var response = await server.SendAsync("OPTIONS", "/v1.0/metadata", null, method, origin);
        Assert.Equal((200, null), (response.Status, response.Header("Access-Control-Allow-Origin")));
    }
}
