using Microsoft.Extensions.Logging;

namespace Serverless.Components.Clients.Redis.Cluster;

/// <summary>Redis Cluster: sends each command to the primary that serves its keys' slot, and learns when that changes.</summary>
/// <remarks>
/// The lock guards the nodes and the map; a sender only reads the map. No node is called under it. Slots always point to nodes that
/// are in use, so that a node that is not can send its line back here.
/// </remarks>
internal sealed partial class RedisClusterClient : RedisClient
{
    // One cluster node may send a command on to the next; in a circle they would do so forever.
    private const int MostRedirections = 6;

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly ILogger _logger;
    private readonly RedisNode _entry;
    private RedisClusterNode?[] _slots = new RedisClusterNode?[RedisKeySlot.Count];
    private RedisClusterNode[] _primaries = [];
    private int _preferred;

    /// <summary>The options' endpoints are some of the cluster's nodes.</summary>
    public RedisClusterClient(RedisOptions options)
        : base(options with { Database = 0 })
    {
        _logger = options.Logger;
        _inquiry = new RedisInquiry(Options, static () => RedisCommand.Of(RedisCommandName.Cluster, "SLOTS"));
        _entry = new RedisNode(this, Options, EnterAsync);
    }

    /// <inheritdoc/>
    public override void Send(RedisCommand command)
    {
        command.IsAsking = false;
        command.Redirections = 0;
        if (TryFindSlot(command, out var slot))
        {
            SendTo(slot, command);
        }
    }

    /// <inheritdoc/>
    public override void OnError(RedisNode node, RedisCommand command, RedisError error)
    {
        switch (error.Code)
        {
            case "MOVED" or "ASK":
                Redirect(Find(node), command, error);
                break;
            case "CLUSTERDOWN" or "READONLY":
                RequestRefresh(doubted: Find(node));
                base.OnError(node, command, error);
                break;
            default:
                base.OnError(node, command, error);
                break;
        }
    }

    /// <inheritdoc/>
    public override void OnUnreachable(RedisNode node, IReadOnlyList<RedisCommand> line, RedisException fault)
    {
        if (node == _entry && _primaries.Length > 0)
        {
            // They only waited for the map.
            foreach (var command in line)
            {
                Send(command);
            }

            return;
        }

        OnLost(node);
        base.OnUnreachable(node, line, fault);
    }

    /// <inheritdoc/>
    public override void OnLost(RedisNode node)
    {
        if (Find(node) is { } lost)
        {
            // What goes to any node goes to the next one, and stays there.
            var preferred = Volatile.Read(ref _preferred);
            if (Any(preferred) == lost)
            {
                Interlocked.CompareExchange(ref _preferred, preferred + 1, preferred);
            }

            RequestRefresh(doubted: lost);
        }
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await CloseNodesAsync();
    }

    // What has no key, or a key in a slot that nobody serves, goes to any node: it will say what is wrong.
    private void SendTo(int slot, RedisCommand command)
    {
        var node = slot >= 0 ? Volatile.Read(ref Volatile.Read(ref _slots)[slot]) : null;
        node ??= Any(Volatile.Read(ref _preferred));
        if (node is not null)
        {
            node.Connections.Send(command);
        }
        else
        {
            _entry.Send(command);
        }
    }

    // Null until the map is known.
    private RedisClusterNode? Any(int number)
    {
        var primaries = Volatile.Read(ref _primaries);
        return primaries.Length > 0 ? primaries[(uint)number % (uint)primaries.Length] : null;
    }

    private void Redirect(RedisClusterNode? from, RedisCommand command, RedisError error)
    {
        if (command.Redirections++ == MostRedirections
            || RedisRedirection.Parse(error.Text, from?.Endpoint.Host) is not { } redirection)
        {
            RequestRefresh(doubted: from);
            TryLater(command, error);
            return;
        }

        var isMoved = error.Code == "MOVED";
        var target = Learn(redirection, isMoved);
        command.IsAsking = !isMoved;
        if (target is null)
        {
            Send(command);
            return;
        }

        target.Connections.Send(command);
        if (isMoved)
        {
            RequestRefresh(trusted: target);
        }
    }

    // -1 for no key; false, and the command has failed, for keys of different slots.
    private static bool TryFindSlot(RedisCommand command, out int slot)
    {
        slot = -1;
        var keys = command.Keys;
        foreach (var key in keys)
        {
            var other = RedisKeySlot.Of(key);
            if (slot >= 0 && other != slot)
            {
                command.Fail(new RedisCrossSlotException(
                    $"{command}: not executed: the keys '{keys[0]}' (slot {slot}) and '{key}' (slot {other}) lie in different slots of the cluster; "
                    + "give them a common hash tag as in '{tag}:key', or set a keyPrefix in braces"));
                return false;
            }

            slot = other;
        }

        return true;
    }
}
