using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Serverless.Backends.TokenServers;

// RFC 7523, section 3; OpenID Connect Core 1.0, section 9.
public sealed partial class TokenServer
{
    private readonly ConcurrentDictionary<string, bool> _usedAssertions = new();

    public string OidcEndpoint => $"https://localhost:{HttpsPort}/oidc/token";

    /// <summary>The audience that assertions must have; null means the endpoint.</summary>
    public string? OidcAudience { get; set; }

    /// <summary>The <c>kid</c> that assertions must have; null means none.</summary>
    public string? OidcKeyId { get; set; }

    /// <summary>Replaces the answer's body, for servers that answer wrongly.</summary>
    public Func<TokenRequest, (int Status, JsonObject Body)>? OidcAnswer { get; set; }

    private async Task AnswerOidcAsync(HttpContext context, TokenRequest request)
    {
        if (OidcAnswer is { } answer)
        {
            var (status, body) = answer(request);
            await WriteAsync(context, status, body);
            return;
        }

        await (request.Method != HttpMethods.Post || request["grant_type"] != "client_credentials" || string.IsNullOrEmpty(request["scope"])
            ? WriteAsync(context, StatusCodes.Status400BadRequest, Refusal("invalid_request", "a client credentials grant with a scope is needed"))
            : FindFault(request) is { } fault
            ? WriteAsync(context, StatusCodes.Status401Unauthorized, Refusal("invalid_client", fault))
            : WriteAsync(context, StatusCodes.Status200OK, new JsonObject
            {
                ["access_token"] = await IssueTokenAsync(request["resource"] ?? "redis"),
                ["token_type"] = "Bearer",
                ["expires_in"] = (int)TokenLifetime.TotalSeconds,
            }));
    }

    private string? FindFault(TokenRequest request)
    {
        using var key = ClientCertificate?.GetRSAPublicKey();
        var assertion = SignedToken.Read(request["client_assertion"]);
        return assertion is null || key is null || request["client_assertion_type"] != "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" ? "no assertion"
            : assertion.Header["alg"]?.ToString() != "RS256" || !assertion.IsSignedBy(key) ? "bad signature"
            : assertion.Header["kid"]?.ToString() != OidcKeyId ? "unknown kid"
            : assertion.Claim("iss") != ClientId || assertion.Claim("sub") != ClientId || request["client_id"] != ClientId ? "wrong client"
            : assertion.Claims["aud"] is not JsonValue || assertion.Claim("aud") != (OidcAudience ?? OidcEndpoint) || request["audience"] != OidcAudience ? "wrong audience"
            : !assertion.IsCurrent(_time.GetUtcNow()) ? "not current"
            : !_usedAssertions.TryAdd(assertion.Claim("jti") ?? "", true) ? "used before"
            : null;
    }
}
