using Serverless.Backends.Network;
using Serverless.Backends.Redis;
using Serverless.IntegrationTests.Load;
using Serverless.IntegrationTests.Processes;

namespace Serverless.IntegrationTests.Redis;

/// <summary>A server that takes encrypted connections of known clients only.</summary>
public sealed class RedisTlsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Store_OwnAuthorityAndClientCertificate_Works()
    {
        using var certificates = new CertificateSet();
        await using var server = await StartServerAsync(certificates);
        await using var app = await RedisApp.StartAsync(Store(server, certificates, certificates.AuthorityPem));
        using var client = app.Client();
        var state = new StateHttp(client);

        Assert.True((await state.SaveAsync("k", "1", Token)).IsSuccess);
        Assert.True((await state.TransactAsync([("k", "2"), ("l", "2")], Token)).IsSuccess);

        Assert.Equal("2", (await state.GetAsync("k", Token)).Body);
    }

    [Fact]
    public async Task Start_OtherAuthority_RefusedAndTheLogSaysWhy()
    {
        using var certificates = new CertificateSet();
        using var others = new CertificateSet();
        await using var server = await StartServerAsync(certificates);
        await using var app = await AppProcess.LaunchAsync(
            new AppSettings { Resources = new Dictionary<string, string> { ["store.yaml"] = Store(server, certificates, others.AuthorityPem) } });

        Assert.NotEqual(0, await app.Process.WaitForExitAsync(Token));
        Assert.True(app.Output.HasLine("error connecting to redis", server.TlsAddress, "certificate"), app.Output.Text);
        Assert.DoesNotContain("PRIVATE KEY", app.Output.Text, StringComparison.Ordinal);
    }

    private static Task<RedisServer> StartServerAsync(CertificateSet certificates) => RedisServer.StartAsync(new RedisServerSettings { Certificates = certificates }, Token);

    private static string Store(RedisServer server, CertificateSet certificates, string authority) => RedisApp.Store(
        server.TlsAddress, ("enableTLS", "true"), ("caCert", Line(authority)), ("clientCert", Line(certificates.ClientPem)), ("clientKey", Line(certificates.ClientKeyPem)));

    private static string Line(string pem) => pem.Replace("\n", "\\n", StringComparison.Ordinal);
}
