using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;

namespace Serverless.Components.Clients.Oidc;

/// <summary>Signs the assertion by which a client proves itself to a token endpoint.</summary>
/// <remarks>RFC 7523, section 2.2 and 3; signature RS256, RFC 7518, section 3.3.</remarks>
internal sealed class ClientAssertion : IDisposable
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(1);
    private readonly OidcOptions _options;
    private readonly RSA _key;

    /// <exception cref="FormatException">Certificate or key is not PEM, not RSA, or they do not belong together.</exception>
    public ClientAssertion(OidcOptions options)
    {
        _options = options;
        _key = ReadKey(options.ClientAssertionKey);
        try
        {
            CheckCertificate(options.ClientAssertionCertificate);
        }
        catch
        {
            _key.Dispose();
            throw;
        }
    }

    /// <summary>A new assertion, valid for a minute and for one use.</summary>
    public string Create(DateTimeOffset now)
    {
        var issuedAt = now.ToUnixTimeSeconds();
        var claims = new AssertionClaims(
            _options.ClientId,
            _options.ClientId,
            _options.Audience ?? _options.TokenEndpoint.OriginalString,
            issuedAt,
            issuedAt,
            issuedAt + (long)Lifetime.TotalSeconds,
            Guid.NewGuid().ToString());
        var header = JsonSerializer.SerializeToUtf8Bytes(new AssertionHeader("RS256", "JWT", _options.KeyId), OidcJson.Default.AssertionHeader);
        var signed = $"{Base64Url.EncodeToString(header)}.{Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(claims, OidcJson.Default.AssertionClaims))}";
        var signature = _key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }

    public void Dispose() => _key.Dispose();

    private static RSA ReadKey(string pem)
    {
        var key = RSA.Create();
        try
        {
            key.ImportFromPem(pem);
            return key;
        }
        catch (Exception fault) when (fault is ArgumentException or CryptographicException)
        {
            key.Dispose();
            throw new FormatException("the key of the client assertion is not a PEM RSA private key");
        }
    }

    // The certificate is not sent: a pair that does not match would only show as a refusal.
    private void CheckCertificate(string pem)
    {
        X509Certificate2 certificate;
        try
        {
            certificate = X509Certificate2.CreateFromPem(pem);
        }
        catch (CryptographicException)
        {
            throw new FormatException("the certificate of the client assertion is not PEM");
        }

        using (certificate)
        using (var certified = certificate.GetRSAPublicKey())
        {
            if (certified is null || !certified.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(_key.ExportSubjectPublicKeyInfo()))
            {
                throw new FormatException("the certificate of the client assertion does not belong to its key");
            }
        }

        if (!HasPrivateKey())
        {
            throw new FormatException("the key of the client assertion is not a PEM RSA private key");
        }
    }

    private bool HasPrivateKey()
    {
        try
        {
            _key.SignHash(new byte[SHA256.HashSizeInBytes], HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
