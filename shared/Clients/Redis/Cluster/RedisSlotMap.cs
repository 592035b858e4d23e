using Serverless.Components.Clients.Redis.Protocol;

namespace Serverless.Components.Clients.Redis.Cluster;

/// <summary>Who serves which slots, as one node of the cluster sees it.</summary>
/// <param name="Source">The node that said so.</param>
/// <param name="Ranges">The slots that are served.</param>
/// <param name="Members">Each primary and replica, once.</param>
internal sealed record RedisSlotMap(RedisEndpoint Source, IReadOnlyList<RedisSlotRange> Ranges, IReadOnlyList<RedisEndpoint> Members)
{
    /// <summary>Reads the reply to <c>CLUSTER SLOTS</c>.</summary>
    /// <remarks>
    /// Redis docs: commands/cluster-slots. Entries of <c>[first, last, primary, replica…]</c>, nodes of
    /// <c>[host, port, id, metadata]</c>: no id in Redis 3, no metadata before 7. No host means the node that was asked.
    /// </remarks>
    /// <exception cref="RedisConnectionException">The node serves no cluster yet.</exception>
    /// <exception cref="RespException">The reply is of another form.</exception>
    public static RedisSlotMap Read(RedisEndpoint source, RedisReply reply)
    {
        var reader = reply.Read();
        var ranges = new List<RedisSlotRange>();
        var members = new HashSet<RedisEndpoint>();
        for (var entries = reader.ReadArray(); entries > 0; entries--)
        {
            var items = reader.ReadArray();
            var (first, last) = (ReadSlot(ref reader), ReadSlot(ref reader));
            if (first > last)
            {
                throw new RespException($"slots {first} to {last} of the cluster are no range");
            }

            for (var item = 2; item < items; item++)
            {
                if (ReadNode(ref reader, source) is not { } node)
                {
                    continue;
                }

                members.Add(node);
                if (item == 2)
                {
                    ranges.Add(new RedisSlotRange(first, last, node));
                }
            }
        }

        return ranges.Count > 0
            ? new RedisSlotMap(source, ranges, [.. members])
            : throw new RedisConnectionException($"{source} knows of no slots");
    }

    private static int ReadSlot(ref RespReader reader)
    {
        var slot = reader.ReadInteger();
        return slot is >= 0 and < RedisKeySlot.Count ? (int)slot : throw new RespException($"the cluster has no slot {slot}");
    }

    // Null for a node whose address is not known.
    private static RedisEndpoint? ReadNode(ref RespReader reader, RedisEndpoint source)
    {
        var items = reader.ReadArray();
        if (items < 2)
        {
            throw new RespException("a node of the cluster has no address");
        }

        var (host, port) = (reader.ReadText(), reader.ReadInteger());
        for (var item = 2; item < items; item++)
        {
            reader.Skip();
        }

        return RedisRedirection.Address(host, port, source.Host);
    }
}
