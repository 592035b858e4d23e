using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Serverless.Components.Clients.RabbitMq;
using Serverless.Components.Registry;

namespace Serverless.Components.Bindings.RabbitMq;

/// <summary>Metadata of <c>bindings.rabbitmq</c>.</summary>
/// <remarks>Dapr docs: reference/components-reference/supported-bindings/rabbitmq.</remarks>
internal sealed record RabbitMqBindingOptions
{
    private const int HighestPriority = 255;
    private const int MostPrefetched = ushort.MaxValue;
    private const int DefaultPrefetch = 64;
    private static readonly TimeSpan DefaultWait = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(100);

    /// <summary>The queue and the way to it.</summary>
    public required RabbitMqOptions Queue { get; init; }

    /// <summary>
    /// Most messages held unsettled. For 0, which is Dapr's "no limit", as many as keep a reader busy that delivers one at a time: a whole queue
    /// would fill the memory, be out of reach for other readers, and outlast the time that the broker gives for settling.
    /// </summary>
    public ushort Prefetch { get; init; }

    /// <summary>The longest pause before connecting again.</summary>
    public TimeSpan ReconnectWait { get; init; }

    /// <summary>Reads the component's metadata.</summary>
    /// <exception cref="ComponentException">It is not usable.</exception>
    public static RabbitMqBindingOptions Read(ComponentContext context)
    {
        var binder = context.Metadata.Bind();
        var host = ReadHost(binder);
        var arguments = new Dictionary<string, object?>();
        if (binder.Duration("ttlInSeconds", "ttl") is { } ttl)
        {
            arguments["x-message-ttl"] = (long)ttl.TotalMilliseconds;
        }

        if (binder.Text("maxPriority") is not null)
        {
            arguments["x-max-priority"] = Math.Min(HighestPriority, binder.WholeNumber("maxPriority", 0, 0));
        }

        var wait = binder.Duration("reconnectWaitInSeconds") ?? DefaultWait;
        var options = new RabbitMqBindingOptions
        {
            Prefetch = binder.WholeNumber("prefetchCount", 0, 0, MostPrefetched) is > 0 and var most ? (ushort)most : (ushort)DefaultPrefetch,
            ReconnectWait = wait < ShortestWait ? ShortestWait : wait,
            Queue = new RabbitMqOptions
            {
                Host = host,
                Tls = ReadTls(binder),
                UsesExternalSasl = binder.Boolean(binder.Text("saslExternal") is null ? "externalSasl" : "saslExternal", false),
                Queue = binder.Required("queueName"),
                IsDurable = binder.Boolean("durable", false),
                IsExclusive = binder.Boolean("exclusive", false),
                IsAutoDeleted = binder.Boolean("deleteWhenUnused", false),
                Arguments = arguments,
                ClientName = $"dapr-{context.Host.AppId}-{context.Name}",
                Time = context.Host.Time,
            },
        };
        Check(binder, options.Queue);
        binder.ThrowIfFaulty();
        return options;
    }

    private static Uri ReadHost(MetadataBinder binder)
    {
        if (Uri.TryCreate(binder.Required("host"), UriKind.Absolute, out var host) && host.Scheme is "amqp" or "amqps" && host.Host.Length > 0)
        {
            return host;
        }

        if (binder.Text("host") is not null)
        {
            binder.Fault("host", "an address such as amqp://user:password@host:5672 or amqps://…");
        }

        return new Uri("amqp://localhost");
    }

    // The client's own reading of the address may find more.
    private static void Check(MetadataBinder binder, RabbitMqOptions options)
    {
        try
        {
            _ = options.CreateFactory();
        }
        catch (Exception fault) when (fault is ArgumentException or UriFormatException)
        {
            binder.Fault("host", "an address with at most a virtual host in its path");
        }
    }

    private static RabbitMqTls? ReadTls(MetadataBinder binder)
    {
        X509Certificate2Collection authorities = [];
        if (binder.Text("caCert") is { } text && !TryImport(authorities, text))
        {
            binder.Fault("caCert", "one or more PEM certificates");
        }

        var (certificate, key) = (binder.Text("clientCert"), binder.Text("clientKey"));
        if ((certificate is null) != (key is null))
        {
            binder.Fault(key is null ? "clientKey" : "clientCert", $"a value beside {(key is null ? "clientCert" : "clientKey")}");
        }

        try
        {
            return new RabbitMqTls
            {
                Authorities = authorities,
                ClientCertificate = certificate is null || key is null ? null : X509Certificate2.CreateFromPem(certificate, key),
            };
        }
        catch (Exception fault) when (fault is CryptographicException or ArgumentException)
        {
            binder.Fault("clientCert", "a PEM certificate, and in clientKey its PEM key without a password");
            return null;
        }
    }

    private static bool TryImport(X509Certificate2Collection authorities, string text)
    {
        try
        {
            authorities.ImportFromPem(text);
        }
        catch (CryptographicException)
        {
            return false;
        }

        return authorities.Count > 0;
    }
}
