using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;

namespace Serverless.Components.Clients.Oidc;

/// <summary>A provider's keys, as of a time.</summary>
/// <param name="Issuer">The provider's name in tokens.</param>
/// <param name="Keys">RSA keys by their id.</param>
/// <param name="ReadOn">When they were read.</param>
internal sealed record SigningKeySet(string Issuer, IReadOnlyDictionary<string, RSAParameters> Keys, DateTimeOffset ReadOn)
{
    // 2048 bits (RFC 7518, section 3.3).
    private const int ShortestModulus = 256;

    /// <summary>The signing keys of a JSON Web Key Set; others are left out.</summary>
    /// <remarks>RFC 7517, section 5; RFC 7518, section 6.3.1.</remarks>
    /// <exception cref="JsonException">It is none.</exception>
    public static Dictionary<string, RSAParameters> ReadKeys(ReadOnlyMemory<byte> body)
    {
        using var document = JsonDocument.Parse(body);
        if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("keys", out var keys) || keys.ValueKind != JsonValueKind.Array)
        {
            throw new JsonException("there is no array 'keys'");
        }

        var read = new Dictionary<string, RSAParameters>(StringComparer.Ordinal);
        foreach (var key in keys.EnumerateArray().Where(static key => key.ValueKind == JsonValueKind.Object))
        {
            if (Text(key, "kid") is { } id && Text(key, "kty") == "RSA" && Text(key, "use") is null or "sig" && Number(key, "n") is { Length: >= ShortestModulus } modulus && Number(key, "e") is { } exponent)
            {
                read[id] = new RSAParameters { Modulus = modulus, Exponent = exponent };
            }
        }

        return read;
    }

    /// <summary>A member that is text, or null.</summary>
    public static string? Text(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static byte[]? Number(JsonElement key, string name)
    {
        try
        {
            return Text(key, name) is { } text ? Base64Url.DecodeFromChars(text) : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
