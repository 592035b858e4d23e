using System.Text.Json.Serialization;

namespace Serverless.Components.Clients.AzureKeyVault.Keys;

/// <summary>A key or a version as lists have it: without the public key.</summary>
internal sealed record KeyItem
{
    [JsonPropertyName("kid")]
    public required string Id { get; init; }

    [JsonPropertyName("attributes")]
    public KeyVaultAttributes? Attributes { get; init; }

    [JsonPropertyName("tags")]
    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    /// <summary>True when it belongs to a certificate.</summary>
    [JsonPropertyName("managed")]
    public bool Managed { get; init; }
}

/// <summary>A key to be made.</summary>
internal sealed record KeyCreation
{
    /// <summary><c>EC</c>, <c>EC-HSM</c>, <c>RSA</c> or <c>RSA-HSM</c>.</summary>
    [JsonPropertyName("kty")]
    public required string KeyType { get; init; }

    /// <summary>Of an EC key: <c>P-256</c>, <c>P-384</c>, <c>P-521</c> or <c>P-256K</c>.</summary>
    [JsonPropertyName("crv")]
    public string? Curve { get; init; }

    /// <summary>Of an RSA key: 2048, 3072 or 4096.</summary>
    [JsonPropertyName("key_size")]
    public int? KeySize { get; init; }

    /// <summary>What it may do, such as <c>sign</c> and <c>verify</c>; null means everything.</summary>
    [JsonPropertyName("key_ops")]
    public IReadOnlyList<string>? Operations { get; init; }

    [JsonPropertyName("attributes")]
    public KeyVaultAttributes? Attributes { get; init; }

    [JsonPropertyName("tags")]
    public IReadOnlyDictionary<string, string>? Tags { get; init; }
}

/// <summary>A digest to be signed.</summary>
internal sealed record KeySignRequest(
    [property: JsonPropertyName("alg")] string Algorithm,
    [property: JsonPropertyName("value"), JsonConverter(typeof(Base64UrlConverter))] byte[] Digest);

/// <summary>A signature, and the version of the key that made it.</summary>
/// <param name="KeyId">The key's id, with its version.</param>
/// <param name="Value">The signature; of an EC key r and s side by side, each as wide as the curve (RFC 7518, section 3.4).</param>
internal sealed record KeySignature(
    [property: JsonPropertyName("kid")] string KeyId,
    [property: JsonPropertyName("value"), JsonConverter(typeof(Base64UrlConverter))] byte[] Value);

/// <summary>A signature to be checked by the vault.</summary>
internal sealed record KeyVerifyRequest(
    [property: JsonPropertyName("alg")] string Algorithm,
    [property: JsonPropertyName("digest"), JsonConverter(typeof(Base64UrlConverter))] byte[] Digest,
    [property: JsonPropertyName("value"), JsonConverter(typeof(Base64UrlConverter))] byte[] Signature);

/// <summary>What a check came to.</summary>
internal sealed record KeyVerification([property: JsonPropertyName("value")] bool IsValid);
