using Serverless.Components.Registry.Resources;
using Serverless.Tests.Components.Registry;
using Serverless.Functions.Http;
using Serverless.Tests.Functions.State;

namespace Serverless.Tests.Functions.Http;

/// <summary>Allow and deny lists, and the table of routes.</summary>
public sealed class ApiRuleTests
{
    [Theory]
    [InlineData("state", "v1", "http", 404, 500, 200)]
    [InlineData("state", "v1.0", "http", 404, 500, 200)]
    [InlineData("state", "v1", "HTTP", 404, 500, 200)]
    [InlineData("state", "v1", "grpc", 204, 500, 200)]
    [InlineData("state", "v1alpha1", "http", 204, 404, 200)]
    [InlineData("state", "v1.0-alpha1", "http", 204, 404, 200)]
    [InlineData("state/{storeName}/{key}", "v1.0", "http", 404, 500, 200)]
    [InlineData("State", "v1", "http", 204, 500, 200)]
    [InlineData("healthz", "v1", "http", 204, 500, 200)]
    [InlineData("metadata", "v1", "http", 204, 500, 404)]
    public async Task Denied_BehavesAsNotRegistered(string name, string version, string protocol, int state, int query, int metadata)
    {
        var (server, _) = await StateServer.StartAsync();
        await using var owned = server;
        server.Runtime.Set("a", true);
        server.Configure(ApiServer.Configuration() with { DeniedApis = [new ApiRule(name, version, protocol)] });
        Assert.Equal(state, (await server.GetAsync("/v1.0/state/store/k")).Status);
        Assert.Equal(query, (await server.SendAsync("POST", "/v1.0-alpha1/state/store/query", "{}")).Status);
        Assert.Equal(metadata, (await server.GetAsync("/v1.0/metadata")).Status);
        Assert.Equal(204, (await server.GetAsync("/v1.0/healthz")).Status);
    }

    [Fact]
    public async Task Allowed_OnlyThoseAndHealth_TheRestIsPlainText()
    {
        var (server, _) = await StateServer.StartAsync();
        await using var owned = server;
        server.Configure(ApiServer.Configuration() with { AllowedApis = [new ApiRule("state", "v1", "http")] });
        Assert.Equal(204, (await server.GetAsync("/v1.0/state/store/k")).Status);
        Assert.Equal(500, (await server.GetAsync("/v1.0/healthz")).Status);
        var metadata = await server.GetAsync("/v1.0/metadata");
        Assert.Equal((404, "404 page not found\n"), (metadata.Status, metadata.Body));
        var invoke = await server.GetAsync("/v1.0/invoke/x/method/y", "dapr-app-id: x");
        Assert.Equal((404, "404 page not found\n"), (invoke.Status, invoke.Body));
        var wrongVerb = await server.SendAsync("PATCH", "/v1.0/state/store/k");
        Assert.Equal((405, "GET, DELETE"), (wrongVerb.Status, wrongVerb.Header("Allow")));
    }

    [Fact]
    public async Task Rules_DenyWinsAndChangesApplyLive()
    {
        var (server, _) = await StateServer.StartAsync();
        await using var owned = server;
        var rule = new ApiRule("state", "v1", "http");
        server.Configure(ApiServer.Configuration() with { AllowedApis = [rule, new ApiRule("invoke", "v1", "http")], DeniedApis = [rule] });
        Assert.Equal(404, (await server.GetAsync("/v1.0/state/store/k")).Status);
        server.Configure(ApiServer.Configuration() with { AllowedApis = [new ApiRule("x", "v1", "grpc")] });
        Assert.Equal(204, (await server.GetAsync("/v1.0/state/store/k")).Status);
    }

    [Theory]
    [InlineData("a/{x}", "a/{y}")]
    [InlineData("a/b", "a/b")]
    [InlineData("a/{*x}", "a/{*y}")]
    public void Table_RouteThatCannotBeReached_FailsAtStart(string first, string second)
    {
        var error = Assert.Throws<InvalidOperationException>(() => Table(Route("GET|PUT", first), Route("PUT", second)));
        Assert.Equal($"route 'PUT /v1.0/{second}' can't be reached: 'GET|PUT /v1.0/{first}' matches the same requests", error.Message);
    }

    [Theory]
    [InlineData("PUT", "/v1.0/a/b", "a/b")]
    [InlineData("GET", "/v1.0/a/b", "a/{x}")]
    [InlineData("GET", "/v1.0/a/b/c", "a/{*rest}")]
    [InlineData("POST", "/v1.0/a/b", "a/{*rest}")]
    [InlineData("DELETE", "/v1.0/a", null)]
    [InlineData("GET", "/v1.0/b", null)]
    public void Table_MostSpecificMatch_ThatHasTheMethod(string method, string path, string? template)
    {
        var table = Table(Route("PUT", "a/b"), Route("GET", "a/{x}"), Route("*", "a/{*rest}"));
        Assert.Equal(template, table.Find(path, method, onPublicPort: false, out _)?.Template);
    }

    [Fact]
    public void Exemption_WithoutRoute_FailsAtStart()
    {
        var error = Assert.Throws<InvalidOperationException>(() => new TokenExemptions([]));
        Assert.Equal("no route 'GET /healthz' to exempt from the API token", error.Message);
    }

    private static ApiRoute Route(string methods, string template) =>
        new("g", "v1.0", methods, template, "N", _ => Task.CompletedTask);

    private static RouteTable Table(params ApiRoute[] routes) => new(
        [.. routes, new ApiRoute("g", "v1.0", "*", "fallback", "N", _ => Task.CompletedTask) { IsFallback = true }],
        TestRegistry.CreateEmpty());
}
