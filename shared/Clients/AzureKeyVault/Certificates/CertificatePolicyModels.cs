using System.Text.Json.Serialization;

namespace Serverless.Components.Clients.AzureKeyVault.Certificates;

/// <summary>How a vault makes a certificate.</summary>
internal sealed record CertificatePolicy
{
    [JsonPropertyName("key_props")]
    public CertificateKeyProperties? Key { get; init; }

    [JsonPropertyName("secret_props")]
    public CertificateSecretProperties? Secret { get; init; }

    [JsonPropertyName("x509_props")]
    public CertificateX509Properties? X509 { get; init; }

    [JsonPropertyName("issuer")]
    public CertificateIssuer? Issuer { get; init; }
}

/// <summary>The key of a certificate.</summary>
internal sealed record CertificateKeyProperties
{
    /// <summary><c>EC</c>, <c>EC-HSM</c>, <c>RSA</c> or <c>RSA-HSM</c>.</summary>
    [JsonPropertyName("kty")]
    public string? KeyType { get; init; }

    /// <summary>Of an EC key: <c>P-256</c>, <c>P-384</c>, <c>P-521</c> or <c>P-256K</c>.</summary>
    [JsonPropertyName("crv")]
    public string? Curve { get; init; }

    /// <summary>Of an RSA key: 2048, 3072 or 4096.</summary>
    [JsonPropertyName("key_size")]
    public int? KeySize { get; init; }

    /// <summary>True when the private key comes with the certificate's secret.</summary>
    [JsonPropertyName("exportable")]
    public bool? Exportable { get; init; }

    /// <summary>True when a renewal keeps the key.</summary>
    [JsonPropertyName("reuse_key")]
    public bool? ReuseKey { get; init; }
}

/// <summary>The secret that holds a certificate with its key.</summary>
internal sealed record CertificateSecretProperties
{
    /// <summary>What an import and the secret hold: a PFX.</summary>
    public const string Pfx = "application/x-pkcs12";

    /// <summary>What an import and the secret hold: PEM text.</summary>
    public const string Pem = "application/x-pem-file";

    [JsonPropertyName("contentType")]
    public string? ContentType { get; init; }
}

/// <summary>What stands in a certificate.</summary>
internal sealed record CertificateX509Properties
{
    /// <summary>A distinguished name, such as <c>CN=a.example</c>.</summary>
    [JsonPropertyName("subject")]
    public string? Subject { get; init; }

    [JsonPropertyName("sans")]
    public CertificateAlternativeNames? AlternativeNames { get; init; }

    /// <summary>Object identifiers of the extended key usage.</summary>
    [JsonPropertyName("ekus")]
    public IReadOnlyList<string>? ExtendedKeyUsages { get; init; }

    /// <summary>Words of RFC 5280, section 4.2.1.3, such as <c>digitalSignature</c>.</summary>
    [JsonPropertyName("key_usage")]
    public IReadOnlyList<string>? KeyUsages { get; init; }

    [JsonPropertyName("validity_months")]
    public int? ValidityMonths { get; init; }
}

/// <summary>Other names of whom a certificate is for.</summary>
internal sealed record CertificateAlternativeNames
{
    [JsonPropertyName("dns_names")]
    public IReadOnlyList<string>? DnsNames { get; init; }

    [JsonPropertyName("emails")]
    public IReadOnlyList<string>? Emails { get; init; }

    [JsonPropertyName("upns")]
    public IReadOnlyList<string>? UserPrincipalNames { get; init; }
}

/// <summary>Who signs a certificate.</summary>
internal sealed record CertificateIssuer
{
    /// <summary>The certificate signs itself.</summary>
    public const string Self = "Self";

    /// <summary>Someone whom the vault does not know: it gives a request, and the certificate is merged.</summary>
    public const string Unknown = "Unknown";

    /// <summary><see cref="Self"/>, <see cref="Unknown"/>, or an issuer that the vault is set up with.</summary>
    [JsonPropertyName("name")]
    public string? Name { get; init; }
}
