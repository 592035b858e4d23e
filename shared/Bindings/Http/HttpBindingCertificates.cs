using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Serverless.Components.Registry;
using Serverless.Components.Settings;

namespace Serverless.Components.Bindings.Http;

/// <summary>Reads <c>MTLSRootCA</c>, <c>MTLSClientCert</c> and <c>MTLSClientKey</c>: PEM, or the path of a file that holds it.</summary>
internal static class HttpBindingCertificates
{
    private const string RootName = "MTLSRootCA";
    private const string CertificateName = "MTLSClientCert";
    private const string KeyName = "MTLSClientKey";

    /// <summary>Sets what is given; faults go to the binder.</summary>
    public static void Read(MetadataBinder binder, SslClientAuthenticationOptions tls)
    {
        if (ReadPem(binder, RootName) is { } root)
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
            policy.CustomTrustStore.AddRange(CertificateItems.Authorities(binder, RootName, root));
            tls.CertificateChainPolicy = policy;
        }

        if (CertificateItems.Client(binder, (CertificateName, ReadPem(binder, CertificateName)), (KeyName, ReadPem(binder, KeyName))) is { } client)
        {
            tls.ClientCertificateContext = SslStreamCertificateContext.Create(client.Certificate, client.Issuers, offline: true);
        }
    }

    private static string? ReadPem(MetadataBinder binder, string name)
    {
        if (binder.Text(name) is not { } text || text.Contains("-----BEGIN", StringComparison.Ordinal))
        {
            return binder.Text(name);
        }

        try
        {
            return File.ReadAllText(text);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            binder.Fault(name, "PEM, or the path of a file that can be read");
            return null;
        }
    }
}
