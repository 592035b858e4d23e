using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Serverless.Components.Registry;

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
            ReadAuthorities(binder, tls, root);
        }

        var certificate = ReadPem(binder, CertificateName);
        var key = ReadPem(binder, KeyName);
        if (certificate is not null && key is not null)
        {
            ReadClient(binder, tls, certificate, key);
        }
        else if (certificate is not null || key is not null)
        {
            // daprd goes on without a certificate, which shows only when the server refuses.
            binder.Fault(key is null ? KeyName : CertificateName, $"a value beside {(key is null ? CertificateName : KeyName)}");
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

    private static void ReadAuthorities(MetadataBinder binder, SslClientAuthenticationOptions tls, string pem)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        try
        {
            policy.CustomTrustStore.ImportFromPem(pem);
        }
        catch (CryptographicException)
        {
            policy.CustomTrustStore.Clear();
        }

        if (policy.CustomTrustStore.Count == 0)
        {
            binder.Fault(RootName, "one or more PEM certificates");
        }

        tls.CertificateChainPolicy = policy;
    }

    private static void ReadClient(MetadataBinder binder, SslClientAuthenticationOptions tls, string certificate, string key)
    {
        try
        {
            X509Certificate2Collection issuers = [];
            issuers.ImportFromPem(certificate);
            issuers.RemoveAt(0);
            tls.ClientCertificateContext = SslStreamCertificateContext.Create(X509Certificate2.CreateFromPem(certificate, key), issuers, offline: true);
        }
        catch (Exception fault) when (fault is CryptographicException or ArgumentException)
        {
            binder.Fault(CertificateName, $"a PEM certificate, which its issuers' may follow, and in {KeyName} its PEM key without a password");
        }
    }
}
