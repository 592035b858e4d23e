using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Serverless.Components.Clients.AzureIdentity;

/// <summary>Loads the certificate of an application together with its RSA key.</summary>
internal static class ClientCertificateReader
{
    /// <summary>Reads the file if one is named, else what is given inline.</summary>
    /// <exception cref="FormatException">It cannot be read or used; the message holds nothing of it.</exception>
    public static X509Certificate2 Read(AzureIdentityOptions options)
    {
        var content = options.CertificateFile is { Length: > 0 } file ? ReadFile(file) : options.Certificate ?? [];
        X509Certificate2 certificate;
        try
        {
            certificate = content.AsSpan().IndexOf("-----BEGIN"u8) >= 0 ? ReadPem(Encoding.UTF8.GetString(content)) : ReadPfx(content, options.CertificatePassword);
        }
        catch (Exception fault) when (fault is CryptographicException or ArgumentException)
        {
            throw new FormatException("the certificate is neither a PFX that its password opens nor PEM with certificate and key");
        }

        using var key = certificate.GetRSAPrivateKey();
        if (key is null)
        {
            certificate.Dispose();
            throw new FormatException("the certificate has no RSA private key");
        }

        return certificate;
    }

    private static X509Certificate2 ReadPem(string pem) => X509Certificate2.CreateFromPem(pem, pem);

    // The key must not reach the disk; macOS alone cannot do without.
    private static X509Certificate2 ReadPfx(byte[] content, string? password) => X509CertificateLoader.LoadPkcs12(
        content,
        password,
        OperatingSystem.IsMacOS() ? X509KeyStorageFlags.DefaultKeySet : X509KeyStorageFlags.EphemeralKeySet);

    private static byte[] ReadFile(string file)
    {
        try
        {
            return File.ReadAllBytes(file);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new FormatException($"the certificate file '{file}' cannot be read");
        }
    }
}
