using System.Text.Json.Nodes;
using Serverless.IntegrationTests.HostEmulator;
using Serverless.IntegrationTests.Processes;

namespace Serverless.IntegrationTests.Hosting;

/// <summary>The publish output as the Functions host reads it (functions-host.md §4, §5; design.md §2).</summary>
public sealed class PublishedFunctionsTests
{
    [Fact]
    public async Task Functions_AllFolders_AreValid()
    {
        var found = FunctionScanner.Scan(await PublishedApp.FolderAsync());

        Assert.Empty(found.Errors);
        Assert.Empty(found.Warnings);
        Assert.NotEmpty(found.Functions);
    }

    [Fact]
    public async Task Functions_OfHttp_AreAnonymousForAllMethodsAndNeverACatchAll()
    {
        var found = FunctionScanner.Scan(await PublishedApp.FolderAsync());

        foreach (var function in found.Http)
        {
            Assert.True(function.IsPassThrough, function.Name);
            Assert.Equal("anonymous", function.AuthLevel);
            Assert.Empty(function.Methods);
            Assert.False(function.Route.StartsWith('{'), $"{function.Name}: {function.Route} catches everything");
        }
    }

    [Fact]
    public async Task Functions_NoRoute_ShadowsAnother()
    {
        var found = FunctionScanner.Scan(await PublishedApp.FolderAsync());
        var router = new FunctionRouter(found, "");

        foreach (var function in found.Http)
        {
            Assert.Equal(function.Name, router.Find("GET", SamplePath(function.Route))?.Name);
        }
    }

    [Theory]
    [InlineData("/v1.0/state/s/k", "v1.0/state")]
    [InlineData("/v1.0-alpha1/state/s/query", "v1.0-alpha1/state")]
    [InlineData("/v1.0/healthz", "v1.0/healthz")]
    [InlineData("/v1.0/healthz/outbound", "v1.0/healthz")]
    [InlineData("/v1.0/metadata", "v1.0/metadata")]
    [InlineData("/v1.0/metadata/k", "v1.0/metadata")]
    [InlineData("/v1.0/shutdown", "v1.0/shutdown")]
    [InlineData("/v1.0/nosuch", "v1.0/{*")]
    [InlineData("/v1.0-alpha1/nosuch", "v1.0-alpha1/{*")]
    [InlineData("/v1.0-alpha2/nosuch", "v1.0-alpha2/{*")]
    [InlineData("/v1.0-beta1/nosuch", "v1.0-beta1/{*")]
    [InlineData("/healthz", "healthz")]
    public async Task Route_OfEachGroup_ReachesItsFunction(string path, string route)
    {
        var router = new FunctionRouter(FunctionScanner.Scan(await PublishedApp.FolderAsync()), "");

        Assert.StartsWith(route, router.Find("GET", path)?.Route, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FunctionNames_AreNoPathsFromOutside()
    {
        var found = FunctionScanner.Scan(await PublishedApp.FolderAsync());
        var router = new FunctionRouter(found, "");

        foreach (var function in found.Functions.Where(function => !function.Route.Equals(function.Name, StringComparison.OrdinalIgnoreCase)))
        {
            Assert.Null(router.Find("POST", $"/{function.Name}"));
        }
    }

    [Fact]
    public async Task HostFile_IsProxyingWithEmptyPrefix()
    {
        var folder = await PublishedApp.FolderAsync();

        var file = HostFile.Read(folder, new Dictionary<string, string>());

        Assert.Equal("", file.RoutePrefix);
        Assert.True(file.IsProxying);
        Assert.True(file.IsForwarding);
        Assert.Equal(TimeSpan.FromMinutes(10), file.FunctionTimeout);
        Assert.True(File.GetUnixFileMode(Path.Combine(folder, file.ExecutablePath)).HasFlag(UnixFileMode.UserExecute));
    }

    [Fact]
    public async Task HostFile_WithoutQueueTriggers_NeedsNoBundleOrStorage()
    {
        var json = JsonNode.Parse(await File.ReadAllTextAsync(
            Path.Combine(await PublishedApp.FolderAsync(), "host.json"), TestContext.Current.CancellationToken))!;

        Assert.Null(json["extensionBundle"]);
        Assert.Null(json["customHandler"]!["http"]);
        Assert.Null(json["configurationProfile"]);
    }

    [Fact]
    public async Task LocalSettings_AreNotPublished() =>
        Assert.False(File.Exists(Path.Combine(await PublishedApp.FolderAsync(), "local.settings.json")));

    private static string SamplePath(string route) => "/" + string.Join('/', route.Split('/').Select(part => part.StartsWith('{') ? "x" : part));
}
