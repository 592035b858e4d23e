using Serverless.Components.Registry.Resources;
using Serverless.Functions.Hosting;
using Serverless.Functions.Http;
using Serverless.Tests.Functions.State;

namespace Serverless.Tests.Functions.Http;

/// <summary>API token, its exemptions, and the platform without a token.</summary>
public sealed class AccessTests
{
    private static readonly RuntimeOptions WithToken = new() { ApiToken = "secret" };

    [Theory]
    [InlineData("/v1.0/metadata")]
    [InlineData("/v1.0/state/store/k")]
    [InlineData("/unknown")]
    [InlineData("/v1.0/healthz/other")]
    [InlineData("/v1.0/state/store/%zz")]
    public async Task Token_MissingOrWrong_Is401Text(string target)
    {
        var (server, _) = await StateServer.StartAsync(WithToken);
        await using var owned = server;
        foreach (var headers in (string[][])[[], ["dapr-api-token: Secret"], ["dapr-api-token: secretx"], ["dapr-api-token:"], [$"dapr-api-token: {new string('s', 2000)}"]])
        {
            var response = await server.GetAsync(target, headers);
            Assert.Equal((401, "invalid api token\n", "text/plain; charset=utf-8"), (response.Status, response.Body, response.ContentType));
        }
    }

    [Fact]
    public async Task Token_Right_IsServed()
    {
        var (server, _) = await StateServer.StartAsync(WithToken);
        await using var owned = server;
        Assert.Equal(200, (await server.GetAsync("/v1.0/metadata", "Dapr-Api-Token: secret")).Status);
    }

    [Theory]
    [InlineData("p\u00e4ss", "70c3a47373", 200)]
    [InlineData("p\u00e4ss", "70e47373", 401)]
    [InlineData("p\ufffdss", "70e47373", 401)]
    [InlineData("p\u00c3\u00a4ss", "70c3a47373", 401)]
    public async Task Token_IsComparedInItsBytes(string token, string sent, int status)
    {
        await using var server = await ApiServer.StartAsync(new RuntimeOptions { ApiToken = token });
        byte[] request = [.. "GET /v1.0/metadata HTTP/1.1\r\nHost: x\r\nConnection: close\r\nUser-Agent: caf\u00e9 "u8, 0xe9, .. "\r\nX: "u8, 0xff, .. "\r\ndapr-api-token: "u8, .. Convert.FromHexString(sent), .. "\r\n\r\n"u8];
        Assert.Equal(status, (await server.RawAsync(request)).Status);
    }

    public static TheoryData<string, string> Exemptions => [.. TokenExemptions.Rows.Where(row => row.Path is not (HostEndpoints.Template or TokenExemptions.EventTemplate or TokenExemptions.TokenEventTemplate))];

    [Theory]
    [MemberData(nameof(Exemptions))]
    public async Task Exemption_EachRow_NeedsNoTokenButOnlyForItsMethod(string method, string path)
    {
        await using var server = await ApiServer.StartAsync(WithToken);
        Assert.NotEqual(401, (await server.SendAsync(method, path)).Status);
        Assert.NotEqual(401, (await server.SendAsync(method, $"/x/..{path}/")).Status);
        Assert.Equal(401, (await server.SendAsync("POST", path)).Status);
        Assert.Equal(401, (await server.SendAsync("HEAD", path)).Status);
        Assert.Equal(401, (await server.SendAsync(method, $"{path}x")).Status);
    }

    /// <summary>The rows with parameters: the secret in the path stands for the token, for these methods only.</summary>
    [Fact]
    public async Task Exemption_EventWebhook_NeedsNoTokenButItsSecret()
    {
        await using var server = await ApiServer.StartAsync(WithToken);
        foreach (var (method, path) in TokenExemptions.Rows.Where(row => row.Path == TokenExemptions.EventTemplate))
        {
            Assert.Equal(404, (await server.SendAsync(method, "/v1.0/events/grid/wrong")).Status);
            Assert.Equal(401, (await server.SendAsync(method, "/v1.0/events/grid/wrong/x")).Status);
            Assert.Equal(401, (await server.SendAsync("GET", "/v1.0/events/grid/wrong")).Status);
            Assert.Equal(401, (await server.SendAsync("PUT", "/v1.0/events/grid/wrong")).Status);
        }
    }

    /// <summary>The rows of senders with a token of their own identity, again for these methods only.</summary>
    [Fact]
    public async Task Exemption_EventWebhookWithoutSecret_NeedsNoApiToken()
    {
        await using var server = await ApiServer.StartAsync(WithToken);
        foreach (var (method, _) in TokenExemptions.Rows.Where(row => row.Path == TokenExemptions.TokenEventTemplate))
        {
            Assert.Equal(404, (await server.SendAsync(method, "/v1.0/events/grid")).Status);
            Assert.Equal(401, (await server.SendAsync(method, "/v1.0/events")).Status);
            Assert.Equal(401, (await server.SendAsync("GET", "/v1.0/events/grid")).Status);
            Assert.Equal(401, (await server.SendAsync("DELETE", "/v1.0/events/grid")).Status);
        }
    }

    /// <summary>The host's row: what is no function of the package, or is not addressed to this very process, needs the token.</summary>
    [Fact]
    public async Task Exemption_TriggerEndpoint_IsForFunctionsOfThePackageAndTheirHost()
    {
        var root = Directory.CreateTempSubdirectory("serverless-dapr-").FullName;
        Directory.CreateDirectory(Path.Combine(root, "binding-q"));
        await File.WriteAllTextAsync(
            Path.Combine(root, "binding-q", "function.json"),
            """{"generatedBy":"Serverless Dapr","component":"q","bindings":[{"name":"payload","type":"queueTrigger"}]}""",
            TestContext.Current.CancellationToken);
        await using var server = await ApiServer.StartAsync(WithToken with { UnderHost = true, AppRoot = root });
        Assert.Equal(500, (await SendAsync("POST", "/binding-q", $"127.0.0.1:{server.Port}")));
        Assert.Equal(500, (await SendAsync("POST", "/binding-q", $"localhost:{server.Port}")));
        foreach (var (method, target, host) in ((string, string, string)[])
            [
                ("GET", "/binding-q", $"127.0.0.1:{server.Port}"), ("PUT", "/binding-q", $"127.0.0.1:{server.Port}"), ("POST", "/binding-Q", $"127.0.0.1:{server.Port}"),
                ("POST", "/binding-q/", $"127.0.0.1:{server.Port}"), ("POST", "//binding-q", $"127.0.0.1:{server.Port}"), ("POST", "/x/../binding-q", $"127.0.0.1:{server.Port}"),
                ("POST", "/v1.0/..%2Fbinding-q", $"127.0.0.1:{server.Port}"), ("POST", "/binding-q?x", $"127.0.0.1:{server.Port}"), ("POST", "/%62inding-q", $"127.0.0.1:{server.Port}"),
                ("POST", "/binding-other", $"127.0.0.1:{server.Port}"), ("POST", "/binding-q", "my.azurewebsites.net"), ("POST", "/binding-q", "127.0.0.1"),
            ])
        {
            Assert.True(await SendAsync(method, target, host) == 401, $"{method} {target} {host}");
        }

        // Without the host there are no such endpoints.
        await using var standalone = await ApiServer.StartAsync(WithToken with { AppRoot = root });
        Assert.Equal(401, await SendToAsync(standalone, "POST", "/binding-q", $"127.0.0.1:{standalone.Port}"));
        Directory.Delete(root, recursive: true);

        Task<int> SendAsync(string method, string target, string host) => SendToAsync(server, method, target, host);

        static async Task<int> SendToAsync(ApiServer server, string method, string target, string host) =>
            (await server.RawAsync(System.Text.Encoding.ASCII.GetBytes($"{method} {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{{}}"))).Status;
    }

    [Theory]
    [InlineData("dapr-app-id: other")]
    [InlineData("Authorization: Basic ZGFwci1hcHAtaWQ6b3RoZXI=")]
    public async Task Exemption_RootWithATarget_NeedsTheToken(string header)
    {
        await using var server = await ApiServer.StartAsync(WithToken);
        Assert.Equal(401, (await server.GetAsync("/", header)).Status);
    }

    [Theory]
    [InlineData("/v1.0/healthz/../metadata")]
    [InlineData("/v1.0/healthz/..%2Fmetadata")]
    [InlineData("/v1.0/healthz%2F..%2Fmetadata")]
    [InlineData("//v1.0/metadata")]
    public async Task Exemption_IsNoPathPrefix(string target)
    {
        foreach (var underHost in (bool[])[false, true])
        {
            await using var server = await ApiServer.StartAsync(WithToken with { UnderHost = underHost });
            Assert.Equal(401, (await server.GetAsync(target)).Status);
        }
    }

    [Fact]
    public async Task Platform_WithoutToken_RefusesAllButTheExempt()
    {
        await using var server = await ApiServer.StartAsync(new RuntimeOptions { OnPlatform = true });
        Assert.Equal(401, (await server.GetAsync("/v1.0/metadata")).Status);
        Assert.Equal(401, (await server.GetAsync("/v1.0/metadata", "dapr-api-token:")).Status);
        Assert.Equal(401, (await server.GetAsync("/nothing")).Status);
        Assert.Equal(500, (await server.GetAsync("/v1.0/healthz")).Status);
        Assert.Equal(404, (await server.GetAsync("/")).Status);
    }

    [Fact]
    public async Task Platform_AnonymousAllowed_Serves()
    {
        await using var server = await ApiServer.StartAsync(new RuntimeOptions { OnPlatform = true, AllowAnonymous = true });
        Assert.Equal(200, (await server.GetAsync("/v1.0/metadata")).Status);
    }

    [Fact]
    public async Task PublicPort_ServesMetadataAndHealthOnly()
    {
        await using var server = await ApiServer.StartAsync(WithToken, withPublicPort: true);
        Task<WireResponse> SendAsync(string line, string header = "X: y") =>
            server.RawAsync($"{line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{header}\r\n\r\n", server.PublicPort);

        Assert.Equal(500, (await SendAsync("GET /v1.0/healthz")).Status);
        Assert.Equal(503, (await SendAsync("GET /healthz")).Status);
        Assert.Equal(500, (await SendAsync("GET /v1.0/healthz/outbound")).Status);
        Assert.Equal(401, (await SendAsync("GET /v1.0/metadata")).Status);
        Assert.Equal(200, (await SendAsync("GET /v1.0/metadata", "dapr-api-token: secret")).Status);
        var put = await SendAsync("PUT /v1.0/metadata/k", "dapr-api-token: secret");
        Assert.Equal((404, "404 page not found\n", "text/plain; charset=utf-8"), (put.Status, put.Body, put.ContentType));
        Assert.Equal(404, (await SendAsync("GET /v1.0/state/store/k", "dapr-api-token: secret")).Status);
        Assert.Equal(404, (await SendAsync("GET /v1.0/invoke/a/method/b", "dapr-api-token: secret")).Status);
        var post = await SendAsync("POST /v1.0/metadata", "dapr-api-token: secret");
        Assert.Equal((405, "GET"), (post.Status, post.Header("Allow")));
    }

    [Fact]
    public async Task PublicPort_DeniedMetadata_IsNotThere()
    {
        await using var server = await ApiServer.StartAsync(withPublicPort: true);
        server.Configure(ApiServer.Configuration() with { DeniedApis = [new ApiRule("metadata", "v1", "http")] });
        Task<WireResponse> SendAsync(int port) => server.RawAsync("GET /v1.0/metadata HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", port);
        Assert.Equal(404, (await SendAsync(server.Port)).Status);
        Assert.Equal(404, (await SendAsync(server.PublicPort)).Status);
    }
}
