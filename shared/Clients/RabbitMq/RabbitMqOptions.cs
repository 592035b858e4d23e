using RabbitMQ.Client;

namespace Serverless.Components.Clients.RabbitMq;

/// <summary>A queue and the way to it.</summary>
internal sealed record RabbitMqOptions
{
    /// <summary>The broker; <c>amqp</c> or <c>amqps</c>. It may hold a password.</summary>
    public required Uri Host { get; init; }

    /// <summary>Certificates, for <c>amqps</c>; null trusts what the system trusts and shows none.</summary>
    public RabbitMqTls? Tls { get; init; }

    /// <summary>True to be known by the client certificate (SASL EXTERNAL) in place of a password.</summary>
    public bool UsesExternalSasl { get; init; }

    /// <summary>The queue, which is declared with each new connection.</summary>
    public required string Queue { get; init; }

    /// <summary>True when the queue outlives the broker.</summary>
    public bool IsDurable { get; init; }

    /// <summary>True when the queue belongs to one connection and goes with it.</summary>
    public bool IsExclusive { get; init; }

    /// <summary>True when the queue goes with its last consumer.</summary>
    public bool IsAutoDeleted { get; init; }

    /// <summary>The queue's further arguments.</summary>
    public IReadOnlyDictionary<string, object?> Arguments { get; init; } = new Dictionary<string, object?>();

    /// <summary>What the broker's operators see.</summary>
    public required string ClientName { get; init; }

    /// <summary>How long connecting or one operation may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How often broker and client show that they live. As the Go client: a broker that is silent for twice as long is lost.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The broker for messages, without user and password.</summary>
    public string Address => $"{Host.Host}:{(Host.Port > 0 ? Host.Port : IsEncrypted ? AmqpTcpEndpoint.DefaultAmqpSslPort : 5672)}";

    private bool IsEncrypted => Host.Scheme == "amqps";

    /// <summary>Makes connections that don't repair themselves: what was under way must be known to be lost.</summary>
    /// <exception cref="ArgumentException">The address is none of a broker.</exception>
    public ConnectionFactory CreateFactory()
    {
        var factory = new ConnectionFactory
        {
            Uri = Host,
            AutomaticRecoveryEnabled = false,
            TopologyRecoveryEnabled = false,
            ClientProvidedName = ClientName,
            RequestedConnectionTimeout = Timeout,
            HandshakeContinuationTimeout = Timeout,
            ContinuationTimeout = Timeout,
            RequestedHeartbeat = Heartbeat,
        };
        if (UsesExternalSasl)
        {
            factory.AuthMechanisms = [new ExternalMechanismFactory()];
        }

        if (IsEncrypted)
        {
            factory.Ssl = (Tls ?? new RabbitMqTls()).ToOption(Host.Host);
        }

        return factory;
    }

    /// <summary>The broker and the queue, without any secret.</summary>
    public override string ToString() => $"{Queue} at {Address}";
}
