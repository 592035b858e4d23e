using Serverless.Backends.Network;

namespace Serverless.Backends.Redis;

/// <summary>How to reach a server on 127.0.0.1.</summary>
public sealed record RedisEndpoint(int Port)
{
    /// <summary>The ACL user, or null for the default one.</summary>
    public string? User { get; init; }

    /// <summary>The password, or null to send no AUTH.</summary>
    public string? Password { get; init; }

    /// <summary>Makes the connection a TLS one: with this authority, and with this client certificate.</summary>
    public CertificateSet? Certificates { get; init; }
}
