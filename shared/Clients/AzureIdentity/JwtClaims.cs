using System.Buffers.Text;
using System.Text.Json;

namespace Serverless.Components.Clients.AzureIdentity;

/// <summary>Reads claims of a token just issued to us. Nothing is verified: that is for whom it is shown to.</summary>
/// <remarks>RFC 7519, section 3; RFC 7515, section 7.1.</remarks>
internal static class JwtClaims
{
    /// <summary>The Entra object id of whom the token stands for.</summary>
    /// <exception cref="FormatException">The text is no JSON Web Token, or has no such claim; the message holds nothing of it.</exception>
    public static string ReadObjectId(string token)
    {
        using var claims = ReadClaims(token) ?? throw new FormatException("the access token is not a JSON Web Token");
        if (claims.RootElement.ValueKind != JsonValueKind.Object || !claims.RootElement.TryGetProperty("oid", out var objectId))
        {
            throw new FormatException("the access token has no claim 'oid'");
        }

        return objectId.ValueKind != JsonValueKind.String ? throw new FormatException("the access token's claim 'oid' is not text")
            : objectId.GetString() is { Length: > 0 } text ? text
            : throw new FormatException("the access token's claim 'oid' is empty");
    }

    private static JsonDocument? ReadClaims(string token)
    {
        var parts = token.Split('.');
        try
        {
            return parts.Length == 3 ? JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1])) : null;
        }
        catch (Exception fault) when (fault is FormatException or JsonException)
        {
            return null;
        }
    }
}
