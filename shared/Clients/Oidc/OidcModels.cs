using System.Text.Json.Serialization;

namespace Serverless.Components.Clients.Oidc;

// RFC 7515, section 4.1.
internal sealed record AssertionHeader(
    [property: JsonPropertyName("alg")] string Algorithm,
    [property: JsonPropertyName("typ")] string Type,
    [property: JsonPropertyName("kid")] string? KeyId);

// RFC 7523, section 3.
internal sealed record AssertionClaims(
    [property: JsonPropertyName("iss")] string Issuer,
    [property: JsonPropertyName("sub")] string Subject,
    [property: JsonPropertyName("aud")] string Audience,
    [property: JsonPropertyName("iat")] long IssuedAt,
    [property: JsonPropertyName("nbf")] long NotBefore,
    [property: JsonPropertyName("exp")] long Expiry,
    [property: JsonPropertyName("jti")] string Id);

// RFC 6749, sections 5.1 and 5.2.
internal sealed record TokenAnswer(
    [property: JsonPropertyName("access_token")] string? AccessToken,
    [property: JsonPropertyName("expires_in")] double? ExpiresIn,
    [property: JsonPropertyName("error")] string? Error,
    [property: JsonPropertyName("error_description")] string? ErrorDescription)
{
    /// <summary>The type alone: a member is a secret.</summary>
    public override string ToString() => nameof(TokenAnswer);
}
