namespace Serverless.Components.Clients.Redis.Cluster;

/// <summary>The nodes in use.</summary>
internal sealed partial class RedisClusterClient
{
    private readonly Dictionary<RedisEndpoint, RedisClusterNode> _nodes = [];
    private readonly HashSet<RedisClusterNode> _retiring = [];
    private bool _isDisposed;

    // A word about one slot holds at once, for what it says of the others the map is asked for. Null when the client is closed.
    private RedisClusterNode? Learn(RedisRedirection redirection, bool isMoved)
    {
        lock (_gate)
        {
            var target = _isDisposed ? null : GetOrAdd(redirection.Target);
            if (isMoved && target is not null)
            {
                Volatile.Write(ref _slots[redirection.Slot], target);
            }

            return target;
        }
    }

    private void Adopt(RedisSlotMap map)
    {
        List<RedisClusterNode> unused;
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            var slots = new RedisClusterNode?[RedisKeySlot.Count];
            var used = new HashSet<RedisClusterNode>();
            foreach (var range in map.Ranges)
            {
                var node = GetOrAdd(range.Primary);
                used.Add(node);
                slots.AsSpan(range.First..(range.Last + 1)).Fill(node);
            }

            Volatile.Write(ref _slots, slots);
            Volatile.Write(ref _primaries, [.. used]);
            _members = [map.Source, .. map.Members.Where(member => member != map.Source)];
            unused = [.. _nodes.Values.Where(node => !used.Contains(node))];
            foreach (var node in unused)
            {
                _nodes.Remove(node.Endpoint);
                _retiring.Add(node);
            }
        }

        LogAdopted(map.Source, map.Ranges.Count, _primaries.Length);
        foreach (var node in unused)
        {
            _ = RetireAsync(node);
        }
    }

    private async Task RetireAsync(RedisClusterNode node)
    {
        LogRetired(node.Endpoint);
        await node.Connections.RetireAsync();
        lock (_gate)
        {
            _retiring.Remove(node);
        }
    }

    // Null for one that is no longer in use, and for the entry.
    private RedisClusterNode? Find(RedisNode node)
    {
        lock (_gate)
        {
            return _nodes.Values.FirstOrDefault(candidate => candidate.Connections.Has(node));
        }
    }

    // Under the lock.
    private RedisClusterNode GetOrAdd(RedisEndpoint endpoint)
    {
        if (!_nodes.TryGetValue(endpoint, out var node))
        {
            node = new RedisClusterNode(endpoint, new RedisConnections(this, Options, _ => ValueTask.FromResult(endpoint)));
            _nodes.Add(endpoint, node);
        }

        return node;
    }

    private async Task CloseNodesAsync()
    {
        List<RedisClusterNode> nodes;
        Task refreshing;
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            nodes = [.. _nodes.Values, .. _retiring];
            refreshing = _refreshing;
        }

        await _stop.CancelAsync();
        await refreshing;
        await _entry.DisposeAsync();
        foreach (var node in nodes)
        {
            await node.Connections.DisposeAsync();
        }
    }
}
