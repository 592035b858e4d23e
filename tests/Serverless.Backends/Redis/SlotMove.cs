using System.Globalization;

namespace Serverless.Backends.Redis;

/// <summary>A slot on its way from one node to another, a step at a time.</summary>
public sealed class SlotMove
{
    private const int KeysAtOnce = 100;
    private const int TimeoutMilliseconds = 10_000;
    private readonly RedisCluster _cluster;
    private readonly int _slot;

    internal SlotMove(RedisCluster cluster, int slot, RedisClusterNode source, RedisClusterNode target)
    {
        (_cluster, _slot, Source, Target) = (cluster, slot, source, target);
    }

    /// <summary>The owner until <see cref="FinishAsync"/>.</summary>
    public RedisClusterNode Source { get; }

    /// <summary>The owner afterwards.</summary>
    public RedisClusterNode Target { get; }

    /// <summary>Moves the slot's keys; the source answers ASK for each from now on.</summary>
    public async Task MoveKeysAsync(CancellationToken cancellationToken)
    {
        while (await Source.CallAsync(["CLUSTER", "GETKEYSINSLOT", _slot, KeysAtOnce], cancellationToken) is { Items.Count: > 0 } keys)
        {
            RedisArgument[] login = _cluster.NodeSettings.Password is { } password ? ["AUTH", password] : [];
            await Source.CallAsync(
                [
                    "MIGRATE", "127.0.0.1", Target.Server.Port.ToString(CultureInfo.InvariantCulture), "", 0, TimeoutMilliseconds,
                    .. login,
                    "KEYS", .. keys.Items.Select(key => RedisArgument.FromByteArray(key.Bytes!)),
                ],
                cancellationToken);
        }
    }

    /// <summary>Gives the slot to the target: every other node answers MOVED.</summary>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        // The target first, so that the slot has an owner all the time.
        foreach (var node in new[] { Target, Source }.Concat(_cluster.Primaries).Distinct().Where(node => !node.Server.Process.HasExited))
        {
            await node.CallAsync(["CLUSTER", "SETSLOT", _slot, "NODE", Target.Id], cancellationToken);
        }
    }

    internal async Task BeginAsync(CancellationToken cancellationToken)
    {
        await Target.CallAsync(["CLUSTER", "SETSLOT", _slot, "IMPORTING", Source.Id], cancellationToken);
        await Source.CallAsync(["CLUSTER", "SETSLOT", _slot, "MIGRATING", Target.Id], cancellationToken);
    }
}
