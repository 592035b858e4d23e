namespace Serverless.IntegrationTests.HostEmulator.Tests;

public sealed class FunctionRouterTests
{
    private static readonly FunctionSet Functions = Scan();

    [Theory]
    [InlineData("GET", "/v1.0/state/s/k", "State")]
    [InlineData("GET", "/V1.0/STATE/s", "State")]
    [InlineData("GET", "/v1.0/state", "State")]
    [InlineData("GET", "/v1.0/state/a%2Fb/c", "State")]
    [InlineData("GET", "/v1.0/other", "zz-v1")]
    [InlineData("GET", "/v1.0", "zz-v1")]
    [InlineData("GET", "/v1.0/healthz/", "healthz")]
    [InlineData("POST", "/v1.0/healthz", "zz-v1")]
    [InlineData("GET", "/v1.0/jobs/one", "jobs")]
    [InlineData("GET", "/v1.0/jobs/one/two", "zz-v1")]
    [InlineData("GET", "/v1.0-alpha1/state/s", null)]
    [InlineData("GET", "/", null)]
    [InlineData("GET", "/State", null)]
    public void Find_Path_FirstByNameThatMatches(string method, string path, string? expected) =>
        Assert.Equal(expected, new FunctionRouter(Functions, "").Find(method, path)?.Name);

    [Fact]
    public void Find_CatchAllThatSortsFirst_WinsOverTheSpecificRoute()
    {
        using var root = new ScriptRoot();
        root.WithHttp("aa-all", "v1.0/{*path}").WithHttp("state", "v1.0/state/{*path}");

        Assert.Equal("aa-all", new FunctionRouter(FunctionScanner.Scan(root.Root), "").Find("GET", "/v1.0/state/x")?.Name);
    }

    [Fact]
    public void Find_WithRoutePrefix_NeedsThePrefix()
    {
        var router = new FunctionRouter(Functions, "api");

        Assert.Equal("State", router.Find("GET", "/api/v1.0/state/s")?.Name);
        Assert.Null(router.Find("GET", "/v1.0/state/s"));
    }

    private static FunctionSet Scan()
    {
        using var root = new ScriptRoot();
        root.WithHttp("State", "v1.0/state/{*path}")
            .WithHttp("healthz", "v1.0/healthz", "get")
            .WithHttp("jobs", "v1.0/jobs/{name}")
            .WithHttp("zz-v1", "v1.0/{*path}");
        return FunctionScanner.Scan(root.Root);
    }
}
