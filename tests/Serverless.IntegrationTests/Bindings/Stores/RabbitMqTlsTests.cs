using System.Net;
using Serverless.Backends.Network;
using Serverless.Backends.RabbitMq;

namespace Serverless.IntegrationTests.Bindings.Stores;

/// <summary>bindings.rabbitmq over TLS, where the client's certificate is its name.</summary>
public sealed class RabbitMqTlsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Broker_WithCertificates_TakesTheTrustedAndIsTrusted()
    {
        using var certificates = new CertificateSet();
        using var others = new CertificateSet();
        await using var server = await RabbitMqServer.StartAsync(certificates, Token);
        (string, string)[] Items(string authority) =>
        [
            ("host", $"amqps://localhost:{server.TlsPort}"), ("queueName", "tls"), ("direction", "output"), ("saslExternal", "true"), ("caCert", Escape(authority)),
            ("clientCert", Escape(certificates.ClientPem)), ("clientKey", Escape(certificates.ClientKeyPem)),
        ];

        await using var app = await StoreBindingApp.StartAsync(("tls", "bindings.rabbitmq", Items(certificates.AuthorityPem)));
        var send = await app.CallAsync("tls", "create", "1");
        var untrusted = await StoreBindingApp.RefuseAsync("bindings.rabbitmq", Items(others.AuthorityPem));

        Assert.Equal((HttpStatusCode.NoContent, ""), (send.Status, send.Text));
        Assert.Contains("rabbitmq queue tls at localhost:", untrusted, StringComparison.Ordinal);
        Assert.Contains("certificate", untrusted, StringComparison.Ordinal);
    }

    private static string Escape(string pem) => pem.Replace("\n", "\\n", StringComparison.Ordinal);
}
