using System.Security.Cryptography.X509Certificates;

namespace Serverless.Backends.KeyVault;

/// <summary>A version of a certificate. The first one is there without its certificate, and disabled, while it is pending.</summary>
internal sealed class CertificateVersion(string name, string version, X509Certificate2? leaf, VaultAttributes attributes) : VaultVersion(name, version, attributes)
{
    public X509Certificate2? Leaf => leaf;
}
