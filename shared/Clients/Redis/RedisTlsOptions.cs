using System.Security.Cryptography.X509Certificates;

namespace Serverless.Components.Clients.Redis;

/// <summary>How a connection is encrypted.</summary>
internal sealed record RedisTlsOptions
{
    /// <summary>Trusted instead of the system's authorities; empty means the system's.</summary>
    public X509Certificate2Collection Authorities { get; init; } = [];

    /// <summary>Shown to the server; null for none.</summary>
    public X509Certificate2? ClientCertificate { get; init; }

    /// <summary>What leads from it to an authority that the server knows; shown with it.</summary>
    public X509Certificate2Collection ClientIssuers { get; init; } = [];

    /// <summary>True to accept any server certificate.</summary>
    public bool SkipsVerification { get; init; }
}
