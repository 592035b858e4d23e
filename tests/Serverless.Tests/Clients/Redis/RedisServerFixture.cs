using Backend = Serverless.Backends.Redis;

namespace Serverless.Tests.Clients.Redis;

/// <summary>A server that the tests of one class share.</summary>
public sealed class RedisServerFixture : IAsyncLifetime
{
    public Backend.RedisServer Server { get; private set; } = null!;

    public int Port => Server.Port;

    public Backend.RedisCli Cli => Server.Cli;

    public async ValueTask InitializeAsync() => Server = await Backend.RedisServer.StartAsync(CancellationToken.None);

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    /// <summary>What the server has under a key.</summary>
    public async Task<byte[]?> ReadAsync(string key) => (await Cli.CallAsync(["GET", key], TestContext.Current.CancellationToken)).Bytes;
}
