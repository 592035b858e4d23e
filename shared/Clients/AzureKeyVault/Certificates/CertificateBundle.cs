using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Serialization;

namespace Serverless.Components.Clients.AzureKeyVault.Certificates;

/// <summary>A version of a certificate. Its chain and, if exportable, its key are in the secret.</summary>
internal sealed record CertificateBundle
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    /// <summary>The id of its key, of the same version.</summary>
    [JsonPropertyName("kid")]
    public string? KeyId { get; init; }

    /// <summary>The id of its secret, of the same version.</summary>
    [JsonPropertyName("sid")]
    public string? SecretId { get; init; }

    /// <summary>SHA-1 of the certificate.</summary>
    [JsonPropertyName("x5t")]
    [JsonConverter(typeof(Base64UrlConverter))]
    public byte[]? Thumbprint { get; init; }

    /// <summary>The certificate in DER; null while its first version is being made.</summary>
    [JsonPropertyName("cer")]
    public byte[]? Content { get; init; }

    [JsonPropertyName("attributes")]
    public KeyVaultAttributes? Attributes { get; init; }

    [JsonPropertyName("tags")]
    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    /// <summary>Comes only when no version was asked for.</summary>
    [JsonPropertyName("policy")]
    public CertificatePolicy? Policy { get; init; }

    /// <summary>The certificate, without a private key.</summary>
    /// <exception cref="FormatException">There is none, or it is damaged.</exception>
    public X509Certificate2 ToX509()
    {
        try
        {
            return X509CertificateLoader.LoadCertificate(Content ?? throw new FormatException("the bundle has no certificate"));
        }
        catch (CryptographicException)
        {
            throw new FormatException("the bundle's certificate is damaged");
        }
    }
}
