using System.Security.Cryptography.X509Certificates;

namespace Serverless.Components.Clients.Kubernetes;

/// <summary>Where an API server is and how to be let in.</summary>
internal sealed record KubernetesAccess
{
    /// <summary>The server, such as <c>https://10.0.0.1:443/</c>; a path in it stays in front of the API's.</summary>
    public required Uri Server { get; init; }

    /// <summary>Trusted instead of the system's authorities; empty means the system's.</summary>
    public X509Certificate2Collection Authorities { get; init; } = [];

    /// <summary>True to accept any server certificate.</summary>
    public bool SkipsVerification { get; init; }

    /// <summary>The name that the server's certificate must have; null means that of <see cref="Server"/>.</summary>
    public string? ServerName { get; init; }

    /// <summary>Shown to the server; null for none.</summary>
    public X509Certificate2? ClientCertificate { get; init; }

    /// <summary>What leads from it to an authority that the server knows; shown with it.</summary>
    public X509Certificate2Collection ClientIssuers { get; init; } = [];

    /// <summary>Sent with every request; null for none.</summary>
    public KubernetesToken? Token { get; init; }

    /// <summary>The namespace that comes with the access; null when it names none.</summary>
    public string? Namespace { get; init; }

    /// <summary>The server alone: other members are secrets.</summary>
    public override string ToString() => Server.ToString();
}
