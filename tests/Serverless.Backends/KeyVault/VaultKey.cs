using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;

namespace Serverless.Backends.KeyVault;

/// <summary>A key pair, RSA or on one of the curves of NIST, and what the vault does with it.</summary>
internal sealed class VaultKey
{
    private static readonly Dictionary<string, (ECCurve Curve, HashAlgorithmName Hash)> Curves = new(StringComparer.Ordinal)
    {
        ["P-256"] = (ECCurve.NamedCurves.nistP256, HashAlgorithmName.SHA256),
        ["P-384"] = (ECCurve.NamedCurves.nistP384, HashAlgorithmName.SHA384),
        ["P-521"] = (ECCurve.NamedCurves.nistP521, HashAlgorithmName.SHA512),
    };

    private readonly ECDsa? _ec;
    private readonly RSA? _rsa;

    public VaultKey(ECDsa ec) => _ec = ec;

    public VaultKey(RSA rsa) => _rsa = rsa;

    public string Kind => _ec is null ? "RSA" : "EC";

    public int Size => _ec?.KeySize ?? _rsa!.KeySize;

    public string? Curve => _ec is null ? null : $"P-{_ec.KeySize}";

    public IReadOnlyList<string> AllOperations =>
        _ec is null ? ["encrypt", "decrypt", "sign", "verify", "wrapKey", "unwrapKey"] : ["sign", "verify"];

    /// <summary>A new one of that type ("EC" or "RSA"), curve and size.</summary>
    public static VaultKey Create(string? type, string? curve, int? size) => type switch
    {
        "EC" when Curves.TryGetValue(curve ?? "P-256", out var known) => new VaultKey(ECDsa.Create(known.Curve)),
        "EC" => throw VaultRefusalException.BadParameter($"The curve {curve} is not supported."),
        "RSA" when (size ?? 2048) is 2048 or 3072 or 4096 => new VaultKey(RSA.Create(size ?? 2048)),
        "RSA" => throw VaultRefusalException.BadParameter($"The key size {size} is not supported."),
        _ => throw VaultRefusalException.BadParameter($"The key type {type} is not supported."),
    };

    /// <summary>The key of a certificate; null when it has none.</summary>
    public static VaultKey? Of(X509Certificate2 certificate) =>
        certificate.GetECDsaPrivateKey() is { } ec ? new VaultKey(ec)
        : certificate.GetRSAPrivateKey() is { } rsa ? new VaultKey(rsa)
        : null;

    /// <summary>The public half as a JSON Web Key (RFC 7517), without its id.</summary>
    public JsonObject ToJson()
    {
        if (_ec is not null)
        {
            var point = _ec.ExportParameters(includePrivateParameters: false).Q;
            return new JsonObject { ["kty"] = "EC", ["crv"] = Curve, ["x"] = Base64Url.EncodeToString(point.X), ["y"] = Base64Url.EncodeToString(point.Y) };
        }

        var modulus = _rsa!.ExportParameters(includePrivateParameters: false);
        return new JsonObject { ["kty"] = "RSA", ["n"] = Base64Url.EncodeToString(modulus.Modulus), ["e"] = Base64Url.EncodeToString(modulus.Exponent) };
    }

    /// <summary>A signature of a digest by an algorithm of JWA (RFC 7518, section 3.1).</summary>
    public byte[] Sign(string algorithm, byte[] digest)
    {
        var (hash, padding) = Check(algorithm, digest);
        return _ec?.SignHash(digest) ?? _rsa!.SignHash(digest, hash, padding);
    }

    public bool Verify(string algorithm, byte[] digest, byte[] signature)
    {
        var (hash, padding) = Check(algorithm, digest);
        return _ec?.VerifyHash(digest, signature) ?? _rsa!.VerifyHash(digest, signature, hash, padding);
    }

    /// <summary>A request for a certificate of this key.</summary>
    public CertificateRequest CreateRequest(X500DistinguishedName subject) => _ec is not null
        ? new CertificateRequest(subject, _ec, Curves[Curve!].Hash)
        : new CertificateRequest(subject, _rsa!, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

    public bool Matches(X509Certificate2 certificate) =>
        certificate.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(_ec?.ExportSubjectPublicKeyInfo() ?? _rsa!.ExportSubjectPublicKeyInfo());

    public X509Certificate2 AddTo(X509Certificate2 certificate) => _ec is not null ? certificate.CopyWithPrivateKey(_ec) : certificate.CopyWithPrivateKey(_rsa!);

    public string ToPem() => _ec?.ExportPkcs8PrivateKeyPem() ?? _rsa!.ExportPkcs8PrivateKeyPem();

    private (HashAlgorithmName Hash, RSASignaturePadding Padding) Check(string algorithm, byte[] digest)
    {
        var hash = algorithm switch
        {
            [_, _, '2', '5', '6'] => HashAlgorithmName.SHA256,
            [_, _, '3', '8', '4'] => HashAlgorithmName.SHA384,
            [_, _, '5', '1', '2'] => HashAlgorithmName.SHA512,
            _ => throw VaultRefusalException.BadParameter($"Invalid algorithm: {algorithm}"),
        };
        var fits = algorithm[..2] switch
        {
            "ES" => _ec is not null && Curves[Curve!].Hash == hash,
            "RS" or "PS" => _rsa is not null,
            _ => false,
        };
        var bytes = hash == HashAlgorithmName.SHA256 ? 32 : hash == HashAlgorithmName.SHA384 ? 48 : 64;
        return !fits ? throw VaultRefusalException.BadParameter($"Key and signing algorithm are incompatible: the key is {Kind} {Curve}, the algorithm {algorithm}.")
            : digest.Length != bytes ? throw VaultRefusalException.BadParameter($"Invalid length of 'value': {digest.Length} bytes. {algorithm} requires {bytes} bytes, encoded with base64url.")
            : (hash, algorithm[0] == 'P' ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1);
    }
}
