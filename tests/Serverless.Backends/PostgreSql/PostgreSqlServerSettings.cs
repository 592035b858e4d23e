using Serverless.Backends.Network;

namespace Serverless.Backends.PostgreSql;

/// <summary>How a test wants its server.</summary>
public sealed record PostgreSqlServerSettings
{
    /// <summary>True when a commit is on the disk before it is answered, as by default in production.</summary>
    public bool IsDurable { get; init; }

    /// <summary>Serves TLS with the server's certificate of these.</summary>
    public CertificateSet? Certificates { get; init; }

    /// <summary>Further settings, such as <c>deadlock_timeout</c>.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>();
}
