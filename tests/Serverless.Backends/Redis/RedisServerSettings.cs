using Serverless.Backends.Network;

namespace Serverless.Backends.Redis;

/// <summary>How a test wants a server started.</summary>
public sealed record RedisServerSettings
{
    /// <summary><c>requirepass</c>: the default user's password, also given to a primary that this server follows. Null means none.</summary>
    public string? Password { get; init; }

    /// <summary>Further ACL users; the default one stays as it is.</summary>
    public IReadOnlyList<RedisUser> Users { get; init; } = [];

    /// <summary>Writes an append-only file with <c>appendfsync always</c>, so that data survive a restart and SIGKILL.</summary>
    public bool IsDurable { get; init; }

    /// <summary>Opens a second port that takes TLS only, with a client certificate of this authority.</summary>
    public CertificateSet? Certificates { get; init; }

    /// <summary>The port of the primary to follow, or null.</summary>
    public int? PrimaryPort { get; init; }

    /// <summary>Further lines of redis.conf, such as <c>maxmemory 1mb</c>.</summary>
    public IReadOnlyList<string> Lines { get; init; } = [];

    /// <summary>A node of a cluster that is still to be made.</summary>
    public bool IsClusterNode { get; init; }

    /// <summary>A sentinel instead of a server.</summary>
    public bool IsSentinel { get; init; }
}
