using Serverless.Components.Clients.Redis;
using Serverless.Components.Clients.Redis.Cluster;

namespace Serverless.Tests.Components.Clients.Redis.Cluster;

/// <summary>A cluster of three primaries whose data survive a crash.</summary>
public sealed class RedisClusterFixture : IAsyncLifetime
{
    private Backends.Redis.RedisCluster? _cluster;

    /// <summary>The servers.</summary>
    public Backends.Redis.RedisCluster Servers => _cluster!;

    internal RedisOptions Options => RedisEndpoints.Options(RedisTopology.Cluster, Servers.Addresses);

    public async ValueTask InitializeAsync() => _cluster = await Backends.Redis.RedisCluster.StartAsync(
        new Backends.Redis.RedisClusterSettings { Node = new Backends.Redis.RedisServerSettings { IsDurable = true, Password = "secret" } }, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }
    }

    internal RedisClusterClient Client(Func<RedisOptions, RedisOptions>? change = null)
    {
        var options = Options with { Credentials = _ => ValueTask.FromResult(new RedisCredentials("", "secret")) };
        return Assert.IsType<RedisClusterClient>(RedisClient.Create(change is null ? options : change(options)));
    }

    // The n-th key of that kind in a slot of the primary.
    internal async Task<string> TagOnAsync(Backends.Redis.RedisClusterNode primary, string kind, CancellationToken cancellationToken)
    {
        for (var number = 0; ; number++)
        {
            var tag = $"{kind}{number}";
            if (await Servers.OwnerAsync(RedisKeySlot.Of(tag), cancellationToken) == primary)
            {
                return tag;
            }
        }
    }
}
