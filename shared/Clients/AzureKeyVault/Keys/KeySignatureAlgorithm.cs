using System.Security.Cryptography;

namespace Serverless.Components.Clients.AzureKeyVault.Keys;

/// <summary>How a digest is signed.</summary>
/// <remarks>RFC 7518, section 3.1; a vault checks that it fits the key.</remarks>
internal sealed class KeySignatureAlgorithm
{
    private KeySignatureAlgorithm(string name, HashAlgorithmName hash, int digestLength, RSASignaturePadding? padding)
    {
        Name = name;
        Hash = hash;
        DigestLength = digestLength;
        Padding = padding;
    }

    public static KeySignatureAlgorithm ES256 { get; } = new("ES256", HashAlgorithmName.SHA256, SHA256.HashSizeInBytes, null);

    public static KeySignatureAlgorithm ES384 { get; } = new("ES384", HashAlgorithmName.SHA384, SHA384.HashSizeInBytes, null);

    public static KeySignatureAlgorithm ES512 { get; } = new("ES512", HashAlgorithmName.SHA512, SHA512.HashSizeInBytes, null);

    public static KeySignatureAlgorithm RS256 { get; } = new("RS256", HashAlgorithmName.SHA256, SHA256.HashSizeInBytes, RSASignaturePadding.Pkcs1);

    public static KeySignatureAlgorithm RS384 { get; } = new("RS384", HashAlgorithmName.SHA384, SHA384.HashSizeInBytes, RSASignaturePadding.Pkcs1);

    public static KeySignatureAlgorithm RS512 { get; } = new("RS512", HashAlgorithmName.SHA512, SHA512.HashSizeInBytes, RSASignaturePadding.Pkcs1);

    public static KeySignatureAlgorithm PS256 { get; } = new("PS256", HashAlgorithmName.SHA256, SHA256.HashSizeInBytes, RSASignaturePadding.Pss);

    public static KeySignatureAlgorithm PS384 { get; } = new("PS384", HashAlgorithmName.SHA384, SHA384.HashSizeInBytes, RSASignaturePadding.Pss);

    public static KeySignatureAlgorithm PS512 { get; } = new("PS512", HashAlgorithmName.SHA512, SHA512.HashSizeInBytes, RSASignaturePadding.Pss);

    /// <summary>Its name in JOSE and in Key Vault.</summary>
    public string Name { get; }

    public HashAlgorithmName Hash { get; }

    /// <summary>Bytes of a digest.</summary>
    public int DigestLength { get; }

    /// <summary>RSA's padding; null for EC.</summary>
    public RSASignaturePadding? Padding { get; }

    public override string ToString() => Name;
}
