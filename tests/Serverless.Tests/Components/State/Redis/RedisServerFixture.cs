using Serverless.Backends.Redis;

namespace Serverless.Tests.Components.State.Redis;

/// <summary>A server for one test class.</summary>
public sealed class RedisServerFixture : IAsyncLifetime
{
    private RedisServer? _server;

    /// <summary>The server.</summary>
    public RedisServer Server => _server!;

    /// <summary>The witness.</summary>
    public RedisCli Cli => Server.Cli;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() => _server = await RedisServer.StartAsync(TestContext.Current.CancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await (_server?.DisposeAsync() ?? ValueTask.CompletedTask);
}
