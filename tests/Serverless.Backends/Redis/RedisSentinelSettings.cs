using System.Globalization;

namespace Serverless.Backends.Redis;

/// <summary>How a test wants a group of servers and sentinels made.</summary>
public sealed record RedisSentinelSettings
{
    /// <summary>The name the sentinels know the primary by.</summary>
    public string PrimaryName { get; init; } = "mymaster";

    /// <summary>Replicas of the primary.</summary>
    public int Replicas { get; init; } = 1;

    /// <summary>Sentinels; two of them decide.</summary>
    public int Sentinels { get; init; } = 3;

    /// <summary>How long a server may be silent before a sentinel takes it for dead.</summary>
    public TimeSpan DownAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary><c>failover-timeout</c>.</summary>
    public TimeSpan FailoverTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The sentinels' own <c>requirepass</c>, or null.</summary>
    public string? SentinelPassword { get; init; }

    /// <summary>Settings of each server, its password included.</summary>
    public RedisServerSettings Server { get; init; } = new();

    internal RedisServerSettings SentinelFor(int primaryPort) => new()
    {
        IsSentinel = true,
        Password = SentinelPassword,
        Lines =
        [
            $"sentinel monitor {PrimaryName} 127.0.0.1 {primaryPort} 2",
            .. Server.Password is null ? Array.Empty<string>() : [$"sentinel auth-pass {PrimaryName} {Server.Password}"],
            string.Create(CultureInfo.InvariantCulture, $"sentinel down-after-milliseconds {PrimaryName} {DownAfter.TotalMilliseconds:0}"),
            string.Create(CultureInfo.InvariantCulture, $"sentinel failover-timeout {PrimaryName} {FailoverTimeout.TotalMilliseconds:0}"),
            $"sentinel parallel-syncs {PrimaryName} 1",
        ],
    };
}
