using System.Security.Cryptography;
using System.Text.Json.Serialization;

namespace Serverless.Components.Clients.AzureKeyVault.Keys;

/// <summary>A public key.</summary>
/// <remarks>RFC 7517; RFC 7518, sections 6.2 and 6.3. Types end with <c>-HSM</c> when the private part is in a hardware module.</remarks>
internal sealed record JsonWebKey
{
    /// <summary>The key's id in its vault, with its version.</summary>
    [JsonPropertyName("kid")]
    public required string Id { get; init; }

    [JsonPropertyName("kty")]
    public required string KeyType { get; init; }

    [JsonPropertyName("key_ops")]
    public IReadOnlyList<string>? Operations { get; init; }

    [JsonPropertyName("crv")]
    public string? Curve { get; init; }

    [JsonPropertyName("x")]
    [JsonConverter(typeof(Base64UrlConverter))]
    public byte[]? X { get; init; }

    [JsonPropertyName("y")]
    [JsonConverter(typeof(Base64UrlConverter))]
    public byte[]? Y { get; init; }

    [JsonPropertyName("n")]
    [JsonConverter(typeof(Base64UrlConverter))]
    public byte[]? Modulus { get; init; }

    [JsonPropertyName("e")]
    [JsonConverter(typeof(Base64UrlConverter))]
    public byte[]? Exponent { get; init; }

    /// <summary>The public key of an EC key.</summary>
    /// <exception cref="FormatException">It is none, or its curve is unknown here.</exception>
    public ECDsa ToECDsa()
    {
        var (curve, width) = KeyType is not ("EC" or "EC-HSM") ? throw new FormatException("the key is no EC key") : Curve switch
        {
            "P-256" => (ECCurve.NamedCurves.nistP256, 32),
            "P-384" => (ECCurve.NamedCurves.nistP384, 48),
            "P-521" => (ECCurve.NamedCurves.nistP521, 66),
            _ => throw new FormatException("the key's curve is none of P-256, P-384 and P-521"),
        };
        var point = new ECPoint { X = Widen(X, width), Y = Widen(Y, width) };
        return Import(() => ECDsa.Create(new ECParameters { Curve = curve, Q = point }));
    }

    /// <summary>The public key of an RSA key.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public RSA ToRSA() => KeyType is "RSA" or "RSA-HSM" && Modulus is not null && Exponent is not null
        ? Import(() => RSA.Create(new RSAParameters { Modulus = Modulus, Exponent = Exponent }))
        : throw new FormatException("the key is no RSA key");

    /// <summary>Checks a signature here, without the vault.</summary>
    /// <exception cref="FormatException">The key is not of the algorithm's kind.</exception>
    public bool Verify(KeySignatureAlgorithm algorithm, byte[] digest, byte[] signature)
    {
        if (algorithm.Padding is { } padding)
        {
            using var rsa = ToRSA();
            return rsa.VerifyHash(digest, signature, algorithm.Hash, padding);
        }

        using var ec = ToECDsa();
        return ec.VerifyHash(digest, signature, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    private static byte[] Widen(byte[]? coordinate, int width)
    {
        if (coordinate is null || coordinate.Length > width)
        {
            throw new FormatException("the key's coordinates don't fit its curve");
        }

        var wide = new byte[width];
        coordinate.CopyTo(wide, width - coordinate.Length);
        return wide;
    }

    private static T Import<T>(Func<T> import)
    {
        try
        {
            return import();
        }
        catch (CryptographicException)
        {
            throw new FormatException("the key is no valid public key");
        }
    }
}
