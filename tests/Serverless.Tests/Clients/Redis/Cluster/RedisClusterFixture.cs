using Serverless.Backends.Processes;
using Serverless.Components.Clients.Redis;
using Serverless.Components.Clients.Redis.Cluster;

namespace Serverless.Tests.Clients.Redis.Cluster;

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

    /// <summary>Waits until every node has the same view of slots and epochs.</summary>
    /// <remarks>
    /// A node that takes over a slot raises its epoch above those that it knows of. One that has not heard of the last move takes too
    /// low an epoch, and loses the slot to old gossip: then two nodes send everybody to each other, for seconds.
    /// </remarks>
    internal Task SettleAsync(CancellationToken cancellationToken) => Eventually.MustAsync(
        "the nodes agree on slots and epochs",
        async () => (await Task.WhenAll(Servers.Primaries.Select(node => ViewAsync(node, cancellationToken)))).Distinct().Count() == 1,
        TimeSpan.FromSeconds(15),
        cancellationToken);

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

    // Of each line the id, the epoch and the slots: "id address flags primary ping pong epoch link slots… [moving]…".
    private static async Task<string> ViewAsync(Backends.Redis.RedisClusterNode node, CancellationToken cancellationToken) => string.Join('\n',
        (await node.CallAsync(["CLUSTER", "NODES"], cancellationToken)).Text!.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' '))
            .Select(parts => string.Join(' ', parts.Skip(8).Where(part => part[0] != '[').Prepend(parts[6]).Prepend(parts[0])))
            .Order(StringComparer.Ordinal));
}
