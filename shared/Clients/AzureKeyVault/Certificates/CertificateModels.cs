using System.Text.Json.Serialization;

namespace Serverless.Components.Clients.AzureKeyVault.Certificates;

/// <summary>A certificate or a version as lists have it.</summary>
internal sealed record CertificateItem
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    /// <summary>SHA-1 of the certificate.</summary>
    [JsonPropertyName("x5t")]
    [JsonConverter(typeof(Base64UrlConverter))]
    public byte[]? Thumbprint { get; init; }

    [JsonPropertyName("attributes")]
    public KeyVaultAttributes? Attributes { get; init; }

    [JsonPropertyName("tags")]
    public IReadOnlyDictionary<string, string>? Tags { get; init; }
}

/// <summary>A certificate to be made.</summary>
internal sealed record CertificateCreation
{
    [JsonPropertyName("policy")]
    public required CertificatePolicy Policy { get; init; }

    [JsonPropertyName("attributes")]
    public KeyVaultAttributes? Attributes { get; init; }

    [JsonPropertyName("tags")]
    public IReadOnlyDictionary<string, string>? Tags { get; init; }
}

/// <summary>A certificate that is brought along with its key.</summary>
internal sealed record CertificateImport
{
    /// <summary>A PFX in base64, or PEM text with a PKCS #8 key and the chain, as the policy's content type says.</summary>
    [JsonPropertyName("value")]
    public required string Value { get; init; }

    /// <summary>Opens the PFX.</summary>
    [JsonPropertyName("pwd")]
    public string? Password { get; init; }

    [JsonPropertyName("policy")]
    public CertificatePolicy? Policy { get; init; }

    [JsonPropertyName("attributes")]
    public KeyVaultAttributes? Attributes { get; init; }

    [JsonPropertyName("tags")]
    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    /// <summary>The type alone: the value is a private key.</summary>
    public override string ToString() => nameof(CertificateImport);
}

/// <summary>A certificate that was signed elsewhere.</summary>
internal sealed record CertificateMerge
{
    /// <summary>The chain in DER, the vault's own certificate first.</summary>
    [JsonPropertyName("x5c")]
    public required IReadOnlyList<byte[]> Chain { get; init; }

    [JsonPropertyName("attributes")]
    public KeyVaultAttributes? Attributes { get; init; }

    [JsonPropertyName("tags")]
    public IReadOnlyDictionary<string, string>? Tags { get; init; }
}

/// <summary>What is changed of a version; what is null stays.</summary>
internal sealed record CertificateUpdate
{
    [JsonPropertyName("attributes")]
    public KeyVaultAttributes? Attributes { get; init; }

    [JsonPropertyName("tags")]
    public IReadOnlyDictionary<string, string>? Tags { get; init; }
}

/// <summary>Asks for the making to be given up.</summary>
internal sealed record CertificateCancellation([property: JsonPropertyName("cancellation_requested")] bool IsRequested);

/// <summary>A certificate that was deleted and can be recovered.</summary>
internal sealed record DeletedCertificate
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("recoveryId")]
    public string? RecoveryId { get; init; }

    [JsonPropertyName("deletedDate")]
    [JsonConverter(typeof(UnixSecondsConverter))]
    public DateTimeOffset? DeletedOn { get; init; }

    [JsonPropertyName("scheduledPurgeDate")]
    [JsonConverter(typeof(UnixSecondsConverter))]
    public DateTimeOffset? PurgedOn { get; init; }
}
