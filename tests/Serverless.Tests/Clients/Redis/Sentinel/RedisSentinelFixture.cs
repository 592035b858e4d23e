using Serverless.Components.Clients.Redis;

namespace Serverless.Tests.Clients.Redis.Sentinel;

/// <summary>A primary with a replica, watched by three sentinels that want another password.</summary>
public sealed class RedisSentinelFixture : IAsyncLifetime
{
    private Backends.Redis.RedisSentinelGroup? _group;

    /// <summary>The servers.</summary>
    public Backends.Redis.RedisSentinelGroup Servers => _group!;

    internal RedisOptions Options => RedisEndpoints.Options(RedisTopology.Sentinel, Servers.SentinelAddresses) with
    {
        PrimaryName = Servers.PrimaryName,
        Credentials = _ => ValueTask.FromResult(new RedisCredentials("", "server-secret")),
        SentinelCredentials = new RedisCredentials("", "sentinel-secret"),
    };

    public async ValueTask InitializeAsync() => _group = await Backends.Redis.RedisSentinelGroup.StartAsync(
        new Backends.Redis.RedisSentinelSettings
        {
            SentinelPassword = "sentinel-secret",
            Server = new Backends.Redis.RedisServerSettings { Password = "server-secret" },
        },
        CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        if (_group is not null)
        {
            await _group.DisposeAsync();
        }
    }
}
