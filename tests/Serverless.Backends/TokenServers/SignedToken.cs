using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Serverless.Backends.TokenServers;

/// <summary>A JSON Web Token, written and read without any library (RFC 7515, section 7.1).</summary>
public sealed record SignedToken(JsonObject Header, JsonObject Claims, string SigningInput, byte[] Signature)
{
    public static string Create(JsonObject claims, RSA key)
    {
        var signed = $"{Encode(new JsonObject { ["alg"] = "RS256", ["typ"] = "JWT" })}.{Encode(claims)}";
        var signature = key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }

    /// <summary>Takes a token apart; null when it is none.</summary>
    public static SignedToken? Read(string? token)
    {
        var parts = token?.Split('.') ?? [];
        return parts.Length == 3 && Decode(parts[0]) is { } header && Decode(parts[1]) is { } claims
            ? new SignedToken(header, claims, $"{parts[0]}.{parts[1]}", Base64Url.DecodeFromChars(parts[2]))
            : null;
    }

    public string? Claim(string name) => Claims[name]?.ToString();

    public bool IsSignedBy(RSA key) => Header["alg"]?.ToString() switch
    {
        "RS256" => key.VerifyData(Encoding.ASCII.GetBytes(SigningInput), Signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
        "PS256" => key.VerifyData(Encoding.ASCII.GetBytes(SigningInput), Signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pss),
        _ => false,
    };

    /// <summary>True between its start, with the usual leeway for clocks, and its end.</summary>
    public bool IsCurrent(DateTimeOffset now) =>
        Seconds("exp") is { } expiry && now.ToUnixTimeSeconds() < expiry && now.ToUnixTimeSeconds() + 300 >= (Seconds("nbf") ?? 0);

    // Azure.Identity writes its numbers as text.
    private long? Seconds(string name) => Claim(name) is { } text ? long.Parse(text, CultureInfo.InvariantCulture) : null;

    private static string Encode(JsonObject part) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(part.ToJsonString()));

    private static JsonObject? Decode(string part) => JsonNode.Parse(Base64Url.DecodeFromChars(part)) as JsonObject;
}
