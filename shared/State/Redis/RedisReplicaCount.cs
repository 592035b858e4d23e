using System.Globalization;
using Serverless.Components.Clients.Redis;

namespace Serverless.Components.State.Redis;

/// <summary>How many replicas the primary has, asked again when the answer is old.</summary>
internal sealed class RedisReplicaCount(RedisClient client, TimeProvider time)
{
    private const string Field = "connected_slaves:";

    // A failover changes it.
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(10);

    private int _count;
    private long _readAt;

    /// <summary>The number. One caller asks the server, the others go on with what is known.</summary>
    /// <exception cref="RedisException">The server can't be asked.</exception>
    public ValueTask<int> GetAsync(CancellationToken cancellationToken)
    {
        var readAt = Volatile.Read(ref _readAt);
        var now = time.GetTimestamp();
        return time.GetElapsedTime(readAt, now) >= Freshness && Interlocked.CompareExchange(ref _readAt, now, readAt) == readAt
            ? ReadAsync(cancellationToken)
            : new ValueTask<int>(Volatile.Read(ref _count));
    }

    /// <summary>Makes the next call ask the server, because there are not as many as believed.</summary>
    public void Doubt() => Volatile.Write(ref _readAt, time.GetTimestamp() - (long)(Freshness.TotalSeconds * time.TimestampFrequency));

    /// <summary>Asks the server.</summary>
    /// <exception cref="RedisException">It can't be asked.</exception>
    public async ValueTask<int> ReadAsync(CancellationToken cancellationToken)
    {
        var reply = await client.ExecuteAsync(RedisCommand.Of(RedisCommandName.Info, "replication"), cancellationToken);
        Volatile.Write(ref _count, Parse(reply.ToText() ?? ""));
        Volatile.Write(ref _readAt, time.GetTimestamp());
        return _count;
    }

    private static int Parse(string info)
    {
        foreach (var line in info.AsSpan().EnumerateLines())
        {
            if (line.StartsWith(Field) && int.TryParse(line[Field.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            {
                return count;
            }
        }

        return 0;
    }
}
