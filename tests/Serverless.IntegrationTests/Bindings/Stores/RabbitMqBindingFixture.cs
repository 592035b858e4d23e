using Serverless.Backends.Network;
using Serverless.Backends.RabbitMq;

namespace Serverless.IntegrationTests.Bindings.Stores;

/// <summary>A broker, bindings on it, and one through a proxy.</summary>
public sealed class RabbitMqBindingFixture : IAsyncLifetime
{
    public const string Direct = "direct";
    public const string Proxied = "proxied";
    public const string Ranked = "ranked";

    public RabbitMqServer Server { get; private set; } = null!;

    public TcpProxy Proxy { get; private set; } = null!;

    public StoreBindingApp App { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Server = await RabbitMqServer.StartAsync(TestContext.Current.CancellationToken);
        Proxy = new TcpProxy(Server.Port);
        App = await StoreBindingApp.StartAsync(
            (Direct, "bindings.rabbitmq", [("host", Server.Host), ("queueName", Direct), ("durable", "true"), ("direction", "output")]),
            (Proxied, "bindings.rabbitmq", [("host", RabbitMqServer.HostFor(Proxy.Port)), ("queueName", Proxied), ("durable", "true"), ("direction", "output")]),
            (Ranked, "bindings.rabbitmq", [("host", Server.Host), ("queueName", Ranked), ("maxPriority", "300"), ("ttlInSeconds", "60"), ("direction", "output")]));
    }

    public async ValueTask DisposeAsync()
    {
        await (App?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (Proxy?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (Server?.DisposeAsync() ?? ValueTask.CompletedTask);
    }
}
