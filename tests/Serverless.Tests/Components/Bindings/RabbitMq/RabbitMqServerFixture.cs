using Serverless.Backends.RabbitMq;

namespace Serverless.Tests.Components.Bindings.RabbitMq;

/// <summary>A broker that tests share.</summary>
public sealed class RabbitMqServerFixture : IAsyncLifetime
{
    public RabbitMqServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await RabbitMqServer.StartAsync(CancellationToken.None);

    public async ValueTask DisposeAsync() => await (Server?.DisposeAsync() ?? ValueTask.CompletedTask);
}
