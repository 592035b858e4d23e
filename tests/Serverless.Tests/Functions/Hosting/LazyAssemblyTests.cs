using System.Runtime.Versioning;

namespace Serverless.Tests.Functions.Hosting;

[SupportedOSPlatform("linux")]
public sealed class LazyAssemblyTests
{
    [Fact]
    public async Task App_WithoutAnAzureComponent_LoadsNothingOfAzure()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the files a process has mapped are told by Linux");
        var cancel = TestContext.Current.CancellationToken;
        var port = AppProcess.FreePort();
        await using var app = AppProcess.Start(["--app-id", "a", "--dapr-http-port", $"{port}"]);
        using var client = new HttpClient(new SocketsHttpHandler());
        (await app.AnswerAsync(client, $"http://127.0.0.1:{port}/v1.0/metadata", cancel)).Dispose();

        var mapped = await File.ReadAllTextAsync($"/proc/{app.Id}/maps", cancel);

        Assert.Contains("/Serverless.Components.dll", mapped, StringComparison.Ordinal);
        Assert.DoesNotContain("/Azure.", mapped, StringComparison.Ordinal);
        Assert.DoesNotContain("/Microsoft.Identity", mapped, StringComparison.Ordinal);
    }
}
