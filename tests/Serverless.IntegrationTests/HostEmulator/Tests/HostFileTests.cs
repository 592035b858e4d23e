using System.Text.Json.Nodes;

namespace Serverless.IntegrationTests.HostEmulator.Tests;

public sealed class HostFileTests : IDisposable
{
    private static readonly Dictionary<string, string> None = [];
    private readonly ScriptRoot _root = new();

    [Fact]
    public void Read_Defaults_AreTheHosts()
    {
        _root.WriteHost(JsonNode.Parse("""{"version":"2.0","customHandler":{"description":{"defaultExecutablePath":"x"}}}""")!.AsObject());

        var file = HostFile.Read(_root.Root, None);

        Assert.Equal("api", file.RoutePrefix);
        Assert.Equal(TimeSpan.FromMinutes(30), file.FunctionTimeout);
        Assert.Equal(TimeSpan.FromSeconds(30), file.InitializationTimeout);
        Assert.False(file.IsProxying);
        Assert.Equal(new QueueOptions { BatchSize = 16, NewBatchThreshold = 8, MaxDequeueCount = 5, VisibilityTimeout = TimeSpan.Zero, MaxPollingInterval = TimeSpan.FromMinutes(1), IsBase64 = true }, file.Queues);
    }

    [Fact]
    public void Read_Overrides_WinOverTheFile()
    {
        var settings = new Dictionary<string, string>
        {
            ["AzureFunctionsJobHost__functionTimeout"] = "00:00:07",
            ["AzureFunctionsJobHost__customHandler__description__arguments"] = """["--a","b c"]""",
            ["AzureFunctionsJobHost__extensions__queues__batchSize"] = "32",
            ["AzureFunctionsJobHost__extensions__queues__messageEncoding"] = "none",
            ["AzureFunctionsJobHost__customhandler__enableProxyingHttpRequest"] = "false",
        };

        var file = HostFile.Read(_root.Root, settings);

        Assert.Equal(TimeSpan.FromSeconds(7), file.FunctionTimeout);
        Assert.Equal(["--a", "b c"], file.Arguments);
        Assert.False(file.IsProxying);
        Assert.Equal("node", file.ExecutablePath);
        Assert.Equal((32, 16, false), (file.Queues.BatchSize, file.Queues.NewBatchThreshold, file.Queues.IsBase64));
    }

    [Theory]
    [InlineData("{}", "version")]
    [InlineData("""{"version":"1.0"}""", "version")]
    [InlineData("""{"version":"2.0"}""", "defaultExecutablePath")]
    public void Read_UnusableFile_SaysWhy(string json, string part)
    {
        _root.WriteHost(JsonNode.Parse(json)!.AsObject());

        var exception = Assert.Throws<HostException>(() => HostFile.Read(_root.Root, None));

        Assert.Contains(part, exception.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _root.Dispose();
}
