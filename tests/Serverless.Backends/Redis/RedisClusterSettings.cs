using System.Globalization;

namespace Serverless.Backends.Redis;

/// <summary>How a test wants a cluster made.</summary>
public sealed record RedisClusterSettings
{
    /// <summary>Nodes that own slots, evenly.</summary>
    public int Primaries { get; init; } = 3;

    /// <summary>Replicas of each primary.</summary>
    public int ReplicasPerPrimary { get; init; }

    /// <summary><c>cluster-node-timeout</c>: after twice that a dead node counts as failed and a replica takes over.</summary>
    public TimeSpan NodeTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Settings of each node.</summary>
    public RedisServerSettings Node { get; init; } = new();

    internal RedisServerSettings NodeSettings => Node with
    {
        IsClusterNode = true,
        Lines =
        [
            .. Node.Lines,
            string.Create(CultureInfo.InvariantCulture, $"cluster-node-timeout {NodeTimeout.TotalMilliseconds:0}"),
            "cluster-replica-validity-factor 0",
        ],
    };
}
