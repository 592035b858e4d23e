using Microsoft.Extensions.Logging;

namespace Serverless.Components.Clients.Redis;

/// <summary>Settings of a client.</summary>
internal sealed record RedisOptions
{
    /// <summary>The server; or some of a cluster's nodes; or the sentinels.</summary>
    public required IReadOnlyList<RedisEndpoint> Endpoints { get; init; }

    /// <summary>Which kind of deployment the endpoints belong to.</summary>
    public RedisTopology Topology { get; init; }

    /// <summary>The name under which the sentinels know the primary.</summary>
    public string PrimaryName { get; init; } = "";

    /// <summary>Asked for each new connection; null means no AUTH.</summary>
    public Func<CancellationToken, ValueTask<RedisCredentials>>? Credentials { get; init; }

    /// <summary>What <see cref="Credentials"/> keep open; who had the options made disposes it, after the client. Null means nothing.</summary>
    public IDisposable? Tokens { get; init; }

    /// <summary>What the sentinels want; null means no AUTH.</summary>
    public RedisCredentials? SentinelCredentials { get; init; }

    /// <summary>The database to select; a cluster has only 0.</summary>
    public int Database { get; init; }

    /// <summary>Encryption; null means none.</summary>
    public RedisTlsOptions? Tls { get; init; }

    /// <summary>Longest time for a connection, its encryption and its handshake together.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest time from sending a command to its reply.</summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Longest time a command may wait for a connection, or for its place on it.</summary>
    public TimeSpan QueueTimeout { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>How often a command may be tried again when the server certainly has not executed it, or it only reads.</summary>
    public int MaxRetries { get; init; } = 3;

    /// <summary>Shortest pause before a retry.</summary>
    public TimeSpan MinRetryInterval { get; init; } = TimeSpan.FromMilliseconds(8);

    /// <summary>Longest pause before a retry.</summary>
    public TimeSpan MaxRetryInterval { get; init; } = TimeSpan.FromMilliseconds(512);

    /// <summary>A connection without traffic for so long is closed until it is needed; null keeps it.</summary>
    public TimeSpan? IdleTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>A connection of that age is replaced; null keeps it.</summary>
    public TimeSpan? MaxConnectionAge { get; init; }

    /// <summary>Most commands sent and not answered, per connection; further ones wait in line.</summary>
    public int MaxInFlight { get; init; } = 8191;

    /// <summary>Most bytes encoded and not sent, per connection; further commands wait in line. One larger command is let through.</summary>
    public long MaxUnsentBytes { get; init; } = 4 << 20;

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Where connections report their coming and going.</summary>
    public required ILogger Logger { get; init; }

    /// <summary>The pause before a retry, which is the first, the second and so on. Jitter keeps clients apart that lost the same server.</summary>
    public TimeSpan PauseBefore(int retry)
    {
        var step = MinRetryInterval * Math.Pow(2, Math.Min(retry - 1, 16));
        var longest = step < MaxRetryInterval ? step : MaxRetryInterval;
        return longest * (0.5 + (Random.Shared.NextDouble() / 2));
    }
}
