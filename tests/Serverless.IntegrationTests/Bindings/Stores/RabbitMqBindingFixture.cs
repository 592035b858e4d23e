using Serverless.Backends.Network;
using Serverless.Backends.RabbitMq;
using static Serverless.IntegrationTests.Bindings.Stores.StoreBindingApp;

namespace Serverless.IntegrationTests.Bindings.Stores;

/// <summary>Bindings on a RabbitMQ that speaks TLS as well.</summary>
public sealed class RabbitMqBindingFixture : StoreBindingFixture<RabbitMqServer>
{
    public const string Ranked = "ranked";

    /// <summary>The certificates of the broker and its user.</summary>
    public CertificateSet Certificates { get; } = new(RabbitMqServer.User);

    /// <inheritdoc/>
    public override int PortOf(RabbitMqServer server) => server.Port;

    /// <inheritdoc/>
    protected override Task<RabbitMqServer> StartServerAsync() => RabbitMqServer.StartAsync(Certificates, Token);

    /// <inheritdoc/>
    protected override IEnumerable<(string Name, string Type, (string Name, string Value)[] Metadata)> Bindings() =>
    [
        (Direct, "bindings.rabbitmq", [("host", Server.Host), ("queueName", Direct), ("durable", "true"), ("direction", "output")]),
        (Proxied, "bindings.rabbitmq", [("host", RabbitMqServer.HostFor(Proxy.Port)), ("queueName", Proxied), ("durable", "true"), ("direction", "output")]),
        (Ranked, "bindings.rabbitmq", [("host", Server.Host), ("queueName", Ranked), ("maxPriority", "300"), ("ttlInSeconds", "60"), ("direction", "output")]),
    ];

    /// <inheritdoc/>
    protected override void Clean() => Certificates.Dispose();
}
