using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Serverless.Backends.KeyVault;

/// <summary>A certificate with its key and the chain above it, and the forms it travels in.</summary>
internal sealed record CertificateContent(X509Certificate2 Leaf, VaultKey Key, IReadOnlyList<X509Certificate2> Chain)
{
    /// <summary>Reads what is imported: PKCS #12 as base64, or PEM.</summary>
    public static CertificateContent Read(string value, string? password, bool isPem)
    {
        try
        {
            return isPem ? ReadPem(value) : ReadPkcs12(value, password);
        }
        catch (Exception fault) when (fault is CryptographicException or FormatException or ArgumentException)
        {
            throw VaultRefusalException.BadParameter($"The specified {(isPem ? "PEM" : "PKCS#12")} X.509 certificate content can not be read.");
        }
    }

    /// <summary>Reads what is merged: DER as base64, the leaf first.</summary>
    public static CertificateContent Read(IEnumerable<string> chain, VaultKey key)
    {
        List<X509Certificate2> certificates;
        try
        {
            certificates = [.. chain.Select(text => X509CertificateLoader.LoadCertificate(Convert.FromBase64String(text)))];
        }
        catch (Exception fault) when (fault is CryptographicException or FormatException)
        {
            throw VaultRefusalException.BadParameter("Property 'x5c' holds something that is no X.509 certificate.");
        }

        return certificates.Count == 0 ? throw VaultRefusalException.BadParameter("Property 'x5c' is empty.")
            : key.Matches(certificates[0]) ? new CertificateContent(certificates[0], key, certificates[1..])
            : throw VaultRefusalException.BadParameter("The public key of the end-entity certificate in x5c does not match that of the pending certificate.");
    }

    /// <summary>The value of the certificate's secret; a key that isn't exportable stays out of it.</summary>
    public string ToSecret(bool isPem, bool withKey)
    {
        if (isPem)
        {
            var text = new StringBuilder(withKey ? Key.ToPem() + "\n" : "");
            new[] { Leaf }.Concat(Chain).ToList().ForEach(certificate => text.Append(certificate.ExportCertificatePem()).Append('\n'));
            return text.ToString();
        }

        using var leaf = withKey ? Key.AddTo(Leaf) : X509CertificateLoader.LoadCertificate(Leaf.RawData);
        return Convert.ToBase64String(new X509Certificate2Collection((X509Certificate2[])[leaf, .. Chain]).Export(X509ContentType.Pkcs12)!);
    }

    private static CertificateContent ReadPkcs12(string value, string? password) => Split(
        X509CertificateLoader.LoadPkcs12Collection(Convert.FromBase64String(value), password, X509KeyStorageFlags.Exportable),
        VaultKey.Of);

    private static CertificateContent ReadPem(string value)
    {
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPem(value);
        var key = ReadPemKey(value);
        return Split(certificates, certificate => key.Matches(certificate) ? key : null);
    }

    private static VaultKey ReadPemKey(string value)
    {
        try
        {
            var ec = ECDsa.Create();
            ec.ImportFromPem(value);
            return new VaultKey(ec);
        }
        catch (CryptographicException)
        {
            var rsa = RSA.Create();
            rsa.ImportFromPem(value);
            return new VaultKey(rsa);
        }
    }

    private static CertificateContent Split(X509Certificate2Collection certificates, Func<X509Certificate2, VaultKey?> findKey)
    {
        foreach (var certificate in certificates)
        {
            if (findKey(certificate) is { } key)
            {
                var leaf = X509CertificateLoader.LoadCertificate(certificate.RawData);
                return new CertificateContent(leaf, key, [.. certificates.Where(other => other != certificate)]);
            }
        }

        throw VaultRefusalException.BadParameter("The certificate comes without its private key.");
    }
}
