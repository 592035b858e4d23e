using System.Net;
using Serverless.Backends.Network;

namespace Serverless.IntegrationTests.Bindings.Stores;

/// <summary>bindings.rabbitmq over TLS, where the client's certificate is its name.</summary>
[Collection(RabbitMqServerUsers.Name)]
public sealed class RabbitMqTlsTests(RabbitMqBindingFixture rabbit)
{
    [Fact]
    public async Task Broker_WithCertificates_TakesTheTrustedAndIsTrusted()
    {
        var certificates = rabbit.Certificates;
        using var others = new CertificateSet();
        (string, string)[] Items(string authority) =>
        [
            ("host", $"amqps://localhost:{rabbit.Server.TlsPort}"), ("queueName", "tls"), ("direction", "output"), ("saslExternal", "true"), ("caCert", Escape(authority)),
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
