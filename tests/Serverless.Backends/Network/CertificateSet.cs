using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Serverless.Backends.Network;

/// <summary>A private authority with one server certificate (127.0.0.1, localhost) and one client certificate.</summary>
public sealed class CertificateSet : IDisposable
{
    private const string ServerUsage = "1.3.6.1.5.5.7.3.1";
    private const string ClientUsage = "1.3.6.1.5.5.7.3.2";
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(2);
    private readonly DateTimeOffset _from = TimeProvider.System.GetUtcNow() - Lifetime;
    private readonly DateTimeOffset _until = TimeProvider.System.GetUtcNow() + Lifetime;

    /// <summary>Makes new keys and certificates, unrelated to those of any other set.</summary>
    /// <param name="client">The client's name.</param>
    public CertificateSet(string client = "client")
    {
        Authority = SelfSigned("CN=Serverless Dapr test authority");
        Server = Issue("CN=localhost", ServerUsage);
        Client = Issue($"CN={client}", ClientUsage);
    }

    /// <summary>The authority, with its key.</summary>
    public X509Certificate2 Authority { get; }

    /// <summary>The server's certificate, with its key.</summary>
    public X509Certificate2 Server { get; }

    /// <summary>The client's certificate, with its key.</summary>
    public X509Certificate2 Client { get; }

    /// <summary>The authority as PEM.</summary>
    public string AuthorityPem => Authority.ExportCertificatePem();

    /// <summary>The client's certificate as PEM.</summary>
    public string ClientPem => Client.ExportCertificatePem();

    /// <summary>The client's key as PKCS #8 PEM.</summary>
    public string ClientKeyPem => KeyPem(Client);

    /// <summary>The server's certificate as PEM.</summary>
    public string ServerPem => Server.ExportCertificatePem();

    /// <summary>The server's key as PKCS #8 PEM.</summary>
    public string ServerKeyPem => KeyPem(Server);

    /// <inheritdoc/>
    public void Dispose()
    {
        Authority.Dispose();
        Server.Dispose();
        Client.Dispose();
    }

    private static string KeyPem(X509Certificate2 certificate)
    {
        using var key = certificate.GetECDsaPrivateKey()!;
        return key.ExportPkcs8PrivateKeyPem();
    }

    private X509Certificate2 SelfSigned(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return request.CreateSelfSigned(_from, _until);
    }

    private X509Certificate2 Issue(string name, string usage)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        using var certificate = request.Create(Authority, _from + TimeSpan.FromHours(1), _until - TimeSpan.FromHours(1), RandomNumberGenerator.GetBytes(8));
        return certificate.CopyWithPrivateKey(key);
    }
}
