using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Serverless.Components.Clients.Oidc;

/// <summary>Tells whether a bearer token counts. Its owner disposes it.</summary>
/// <remarks>RFC 7515, section 5.2; RFC 7519, section 7.2. RS256 only, so that no token chooses how it is verified. Clocks may differ by five minutes.</remarks>
internal sealed class TokenVerifier(TokenRules rules, TimeProvider time) : IDisposable
{
    private const int LongestToken = 16 << 10;
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);
    private readonly SigningKeys _keys = new(rules.Configuration, time);

    /// <summary>Whether the token is signed by the provider, current, and what the rules ask for.</summary>
    /// <exception cref="OidcTokenException">The provider's keys can't be read.</exception>
    public async ValueTask<bool> IsValidAsync(string token, CancellationToken cancellationToken)
    {
        var parts = token.Length <= LongestToken ? token.Split('.') : [];
        if (parts.Length != 3)
        {
            return false;
        }

        try
        {
            using var header = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[0]));
            using var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1]));

            // What needs no key comes first: nobody's nonsense makes us ask the provider.
            if (KeyId(header.RootElement) is not { } keyId || !Fits(claims.RootElement))
            {
                return false;
            }

            var known = await _keys.ForAsync(keyId, cancellationToken);
            return known.Keys.TryGetValue(keyId, out var key)
                && SigningKeySet.Text(claims.RootElement, "iss") is { } issuer && (issuer == known.Issuer || issuer == rules.OtherIssuer)
                && IsSigned(key, $"{parts[0]}.{parts[1]}", Base64Url.DecodeFromChars(parts[2]));
        }
        catch (Exception fault) when (fault is FormatException or JsonException or InvalidOperationException or CryptographicException)
        {
            return false;
        }
    }

    public void Dispose() => _keys.Dispose();

    private static string? KeyId(JsonElement header) =>
        header.ValueKind == JsonValueKind.Object && SigningKeySet.Text(header, "alg") == "RS256" && !header.TryGetProperty("crit", out _) ? SigningKeySet.Text(header, "kid") : null;

    private bool Fits(JsonElement claims)
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        return claims.ValueKind == JsonValueKind.Object
            && Seconds(claims, "exp") is { } end && now < end + Skew.TotalSeconds
            && (!claims.TryGetProperty("nbf", out _) || (Seconds(claims, "nbf") is { } begin && now >= begin - Skew.TotalSeconds))
            && claims.TryGetProperty("aud", out var audience) && (IsAudience(audience) || (audience.ValueKind == JsonValueKind.Array && audience.EnumerateArray().Any(IsAudience)))
            && (rules.Client is null || (SigningKeySet.Text(claims, "azp") ?? SigningKeySet.Text(claims, "appid")) == rules.Client);
    }

    private bool IsAudience(JsonElement audience) => audience.ValueKind == JsonValueKind.String && audience.ValueEquals(rules.Audience);

    private static double? Seconds(JsonElement claims, string name) =>
        claims.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var seconds) ? seconds : null;

    private static bool IsSigned(RSAParameters key, string signed, byte[] signature)
    {
        using var rsa = RSA.Create(key);
        return rsa.VerifyData(Encoding.ASCII.GetBytes(signed), signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
    }
}
