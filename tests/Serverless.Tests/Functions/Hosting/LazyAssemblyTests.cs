using System.Runtime.Versioning;
using Serverless.Backends.Apps;
using Serverless.Backends.Redis;

namespace Serverless.Tests.Functions.Hosting;

[SupportedOSPlatform("linux")]
public sealed class LazyAssemblyTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task App_WithoutAComponentOfItsOwn_LoadsNothingOfAzureOrNpgsql()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the files a process has mapped are told by Linux");
        var port = AppProcess.FreePort();
        await using var app = AppProcess.Start(["--app-id", "a", "--dapr-http-port", $"{port}"]);
        using var client = new HttpClient(new SocketsHttpHandler());
        (await app.AnswerAsync(client, $"http://127.0.0.1:{port}/v1.0/metadata", Cancel)).Dispose();

        var mapped = await File.ReadAllTextAsync($"/proc/{app.Id}/maps", Cancel);

        Assert.Contains("/Serverless.Components.dll", mapped, StringComparison.Ordinal);
        Assert.DoesNotContain("/Azure.", mapped, StringComparison.Ordinal);
        Assert.DoesNotContain("/Microsoft.Identity", mapped, StringComparison.Ordinal);
        Assert.DoesNotContain("/Npgsql", mapped, StringComparison.Ordinal);
        Assert.DoesNotContain("/RabbitMQ", mapped, StringComparison.Ordinal);
        Assert.DoesNotContain("/System.Net.Http.dll", mapped, StringComparison.Ordinal);
    }

    [Fact]
    public async Task App_ThatIsCalled_LoadsTheHttpClient()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the files a process has mapped are told by Linux");
        await using var called = await RecordingApp.StartAsync();
        var port = AppProcess.FreePort();
        await using var app = AppProcess.Start(["--app-id", "a", "--dapr-http-port", $"{port}", "--app-port", $"{called.Port}", "--enable-app-health-check"]);
        await called.WaitAsync(1, "GET", "/healthz", Cancel, TimeSpan.FromSeconds(30));

        Assert.Contains("/System.Net.Http.dll", await File.ReadAllTextAsync($"/proc/{app.Id}/maps", Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task App_PostgreSqlWithAPassword_LoadsNpgsqlAndNothingOfAzure()
    {
        var (_, mapped) = await RunAsync("state.postgresql", "v2", ("connectionString", "host=127.0.0.1 port=1 password=pw"), ("clientSecret", "of no use"));

        Assert.Contains("/Npgsql.dll", mapped, StringComparison.Ordinal);
        Assert.DoesNotContain("/Azure.", mapped, StringComparison.Ordinal);
        Assert.DoesNotContain("/Microsoft.Identity", mapped, StringComparison.Ordinal);
    }

    [Fact]
    public async Task App_RedisWithAPassword_LoadsNothingOfAzure()
    {
        await using var server = await RedisServer.StartAsync(new RedisServerSettings { Password = "pw" }, Cancel);

        var (metadata, mapped) = await RunAsync("state.redis", "v1", ("redisHost", server.Address), ("redisPassword", "pw"), ("clientSecret", "of no use"));

        Assert.Contains("state.redis", metadata, StringComparison.Ordinal);
        Assert.Contains("/Serverless.Components.dll", mapped, StringComparison.Ordinal);
        Assert.DoesNotContain("/Azure.", mapped, StringComparison.Ordinal);
        Assert.DoesNotContain("/Microsoft.Identity", mapped, StringComparison.Ordinal);
    }

    /// <summary>What makes the tests above worth something: the same question has another answer when Azure is asked.</summary>
    [Fact]
    public async Task App_RedisWithEntra_LoadsAzure()
    {
        var (metadata, mapped) = await RunAsync("state.redis", "v1", ("redisHost", "127.0.0.1:1"), ("useEntraID", "true"), ("azureAuthMethods", "creds"));

        Assert.DoesNotContain("state.redis", metadata, StringComparison.Ordinal);
        Assert.Contains("/Azure.", mapped, StringComparison.Ordinal);
        Assert.DoesNotContain("/Azure.Security.KeyVault", mapped, StringComparison.Ordinal);
    }

    /// <summary>Runs the app with one store, and tells its metadata and the files that it has mapped.</summary>
    private static async Task<(string Metadata, string Mapped)> RunAsync(string type, string version, params (string Name, string Value)[] items)
    {
        var folder = Directory.CreateTempSubdirectory("resources");
        try
        {
            await File.WriteAllTextAsync(
                Path.Combine(folder.FullName, "store.yaml"),
                $$"""
                apiVersion: dapr.io/v1alpha1
                kind: Component
                metadata: { name: store }
                spec:
                  type: {{type}}
                  version: {{version}}
                  ignoreErrors: true
                  metadata: [{{string.Join(", ", items.Select(item => $"{{ name: {item.Name}, value: \"{item.Value}\" }}"))}}]
                """,
                Cancel);
            var port = AppProcess.FreePort();
            await using var app = AppProcess.Start(["--app-id", "a", "--dapr-http-port", $"{port}", "--resources-path", folder.FullName]);
            using var client = new HttpClient(new SocketsHttpHandler());
            using var answer = await app.AnswerAsync(client, $"http://127.0.0.1:{port}/v1.0/metadata", Cancel);
            return (await answer.Content.ReadAsStringAsync(Cancel), await File.ReadAllTextAsync($"/proc/{app.Id}/maps", Cancel));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
