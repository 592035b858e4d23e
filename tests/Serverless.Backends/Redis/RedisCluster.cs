using Serverless.Backends.Processes;

namespace Serverless.Backends.Redis;

/// <summary>A Redis cluster on loopback with all slots assigned.</summary>
public sealed class RedisCluster : IAsyncDisposable
{
    private const int Slots = 16384;
    private static readonly TimeSpan AgreeLimit = TimeSpan.FromSeconds(90);
    private readonly List<RedisClusterNode> _primaries = [];
    private readonly List<RedisClusterNode> _replicas = [];

    private RedisCluster(RedisServerSettings settings) => NodeSettings = settings;

    /// <summary>The nodes that owned slots at the start.</summary>
    public IReadOnlyList<RedisClusterNode> Primaries => _primaries;

    /// <summary>The nodes that were replicas at the start: <c>Replicas[i]</c> follows <c>Primaries[i % n]</c>.</summary>
    public IReadOnlyList<RedisClusterNode> Replicas => _replicas;

    /// <summary>All nodes.</summary>
    public IEnumerable<RedisClusterNode> Nodes => _primaries.Concat(_replicas);

    /// <summary><c>127.0.0.1:port</c> of each, with commas between, as <c>redisHost</c> wants it.</summary>
    public string Addresses => string.Join(',', Nodes.Select(node => node.Server.Address));

    internal RedisServerSettings NodeSettings { get; }

    /// <summary>Starts the nodes and waits until all of them say that the cluster is well.</summary>
    public static async Task<RedisCluster> StartAsync(RedisClusterSettings settings, CancellationToken cancellationToken)
    {
        var cluster = new RedisCluster(settings.NodeSettings);
        try
        {
            for (var count = 0; count < settings.Primaries; count++)
            {
                cluster._primaries.Add(await RedisClusterNode.StartAsync(cluster.NodeSettings, cancellationToken));
            }

            for (var count = 0; count < settings.Primaries * settings.ReplicasPerPrimary; count++)
            {
                cluster._replicas.Add(await RedisClusterNode.StartAsync(cluster.NodeSettings, cancellationToken));
            }

            await cluster.JoinAsync(cancellationToken);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc cref="StartAsync(RedisClusterSettings, CancellationToken)"/>
    public static Task<RedisCluster> StartAsync(CancellationToken cancellationToken) => StartAsync(new RedisClusterSettings(), cancellationToken);

    /// <summary>The slot of a key, as the server computes it.</summary>
    public async Task<int> SlotOfAsync(string key, CancellationToken cancellationToken) =>
        (int)(await LivingNode().CallAsync(["CLUSTER", "KEYSLOT", key], cancellationToken)).Number;

    /// <summary>The node that owns a slot, as the others see it.</summary>
    public async Task<RedisClusterNode> OwnerAsync(int slot, CancellationToken cancellationToken)
    {
        var ranges = await LivingNode().CallAsync(["CLUSTER", "SLOTS"], cancellationToken);
        var range = ranges.Items!.First(items => items.Items![0].Number <= slot && slot <= items.Items[1].Number);
        var id = range.Items![2].Items![2].Text;
        return Nodes.First(node => node.Id == id);
    }

    /// <summary>Marks a slot as migrating and importing: from now on its owner answers ASK for keys it does not have.</summary>
    public async Task<SlotMove> BeginMoveAsync(int slot, RedisClusterNode target, CancellationToken cancellationToken)
    {
        var move = new SlotMove(this, slot, await OwnerAsync(slot, cancellationToken), target);
        await move.BeginAsync(cancellationToken);
        return move;
    }

    /// <summary>Moves a slot with its keys: its old owner answers MOVED.</summary>
    public async Task MoveAsync(int slot, RedisClusterNode target, CancellationToken cancellationToken)
    {
        var move = await BeginMoveAsync(slot, target, cancellationToken);
        await move.MoveKeysAsync(cancellationToken);
        await move.FinishAsync(cancellationToken);
    }

    /// <summary>Waits until every living node says <c>cluster_state:ok</c>, after a failover for example.</summary>
    public Task WaitUntilOkAsync(CancellationToken cancellationToken) => Eventually.MustAsync(
        "every node says cluster_state:ok",
        () => AllAsync(async node => (await node.CallAsync(["CLUSTER", "INFO"], cancellationToken)).Text!.Contains("cluster_state:ok", StringComparison.Ordinal)),
        AgreeLimit,
        cancellationToken);

    /// <summary>SIGKILL of a primary that has a replica; returns the node that has taken its slots over.</summary>
    public async Task<RedisClusterNode> FailOverAsync(RedisClusterNode primary, CancellationToken cancellationToken)
    {
        var ranges = (await LivingNode().CallAsync(["CLUSTER", "SLOTS"], cancellationToken)).Items!;
        var slot = (int)ranges.First(range => range.Items![2].Items![2].Text == primary.Id).Items![0].Number;
        await primary.Server.KillAsync(cancellationToken);
        await Eventually.MustAsync("a replica has taken over", async () => await OwnerAsync(slot, cancellationToken) != primary, AgreeLimit, cancellationToken);
        await WaitUntilOkAsync(cancellationToken);
        return await OwnerAsync(slot, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var node in Nodes)
        {
            await node.Server.DisposeAsync();
        }
    }

    private RedisClusterNode LivingNode() => Nodes.First(node => !node.Server.Process.HasExited);

    private async Task JoinAsync(CancellationToken cancellationToken)
    {
        for (var index = 0; index < _primaries.Count; index++)
        {
            var (first, last) = (index * Slots / _primaries.Count, ((index + 1) * Slots / _primaries.Count) - 1);
            await _primaries[index].CallAsync(["CLUSTER", "ADDSLOTSRANGE", first, last], cancellationToken);
            await _primaries[index].CallAsync(["CLUSTER", "SET-CONFIG-EPOCH", index + 1], cancellationToken);
        }

        foreach (var node in Nodes.Skip(1))
        {
            await _primaries[0].MeetAsync(node, cancellationToken);
        }

        await WaitForViewAsync("every node knows every other", view => view.Length == Nodes.Count() && !view.Any(line => line.Contains("handshake", StringComparison.Ordinal)), cancellationToken);
        for (var index = 0; index < _replicas.Count; index++)
        {
            await _replicas[index].CallAsync(["CLUSTER", "REPLICATE", _primaries[index % _primaries.Count].Id], cancellationToken);
        }

        await WaitForViewAsync("every node knows the replicas", view => view.Count(line => line.Contains("slave", StringComparison.Ordinal)) == _replicas.Count, cancellationToken);
        await Eventually.MustAsync(
            "every replica has its link",
            async () => (await Task.WhenAll(_replicas.Select(node => node.Server.Cli.InfoAsync("master_link_status", cancellationToken)))).All(status => status == "up"),
            AgreeLimit,
            cancellationToken);
        await WaitUntilOkAsync(cancellationToken);
    }

    private Task WaitForViewAsync(string what, Func<string[], bool> condition, CancellationToken cancellationToken) =>
        Eventually.MustAsync(what, () => AllAsync(async node => condition(await node.ViewAsync(cancellationToken))), AgreeLimit, cancellationToken);

    private async Task<bool> AllAsync(Func<RedisClusterNode, Task<bool>> condition)
    {
        foreach (var node in Nodes.Where(node => !node.Server.Process.HasExited))
        {
            if (!await condition(node))
            {
                return false;
            }
        }

        return true;
    }
}
