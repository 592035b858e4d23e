using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Serverless.Backends.TokenServers;

// Microsoft docs: entra/identity-platform/v2-oauth2-client-creds-grant-flow and certificate-credentials.
public sealed partial class TokenServer
{
    private const string ExchangeAudience = "api://AzureADTokenExchange";
    private static readonly RSA Federation = RSA.Create(2048);

    public string TenantId { get; } = Guid.NewGuid().ToString();

    public string ClientId { get; } = Guid.NewGuid().ToString();

    public string ClientSecret { get; } = $"secret~{Guid.NewGuid():N}";

    /// <summary>The certificate that the application has registered.</summary>
    public X509Certificate2? ClientCertificate { get; set; }

    /// <summary>A token of the cluster that the application trusts, as the webhook puts it into a file.</summary>
    public string CreateFederatedToken() => SignedToken.Create(
        new JsonObject
        {
            ["iss"] = "https://cluster",
            ["sub"] = "system:serviceaccount:default:app",
            ["aud"] = ExchangeAudience,
            ["exp"] = (_time.GetUtcNow() + TimeSpan.FromHours(1)).ToUnixTimeSeconds(),
        },
        Federation);

    private static Task AnswerDiscoveryAsync(HttpContext context, TokenRequest request)
    {
        var endpoint = new Uri(request["authorization_endpoint"] ?? "https://unknown/tenant");
        return WriteAsync(context, StatusCodes.Status200OK, new JsonObject
        {
            ["tenant_discovery_endpoint"] = $"https://{endpoint.Authority}{string.Concat(endpoint.Segments.Take(2))}v2.0/.well-known/openid-configuration",
            ["api-version"] = "1.1",
            ["metadata"] = new JsonArray(new JsonObject
            {
                ["preferred_network"] = endpoint.Authority,
                ["preferred_cache"] = endpoint.Authority,
                ["aliases"] = new JsonArray(JsonValue.Create(endpoint.Authority)),
            }),
        });
    }

    private async Task AnswerEntraAsync(HttpContext context, TokenRequest request)
    {
        var tenant = request.Path.Split('/')[1];
        if (tenant != TenantId)
        {
            await WriteAsync(context, StatusCodes.Status400BadRequest, Refusal("invalid_request", "AADSTS90002: Tenant not found."));
            return;
        }

        if (request["grant_type"] != "client_credentials" || request["client_id"] != ClientId)
        {
            await WriteAsync(context, StatusCodes.Status400BadRequest, Refusal("unauthorized_client", "AADSTS700016: Application not found."));
            return;
        }

        if (!IsProven(request))
        {
            await WriteAsync(context, StatusCodes.Status401Unauthorized, Refusal("invalid_client", "AADSTS7000215: Invalid client secret provided."));
            return;
        }

        var scope = request["scope"]?.Split(' ').FirstOrDefault(word => word.EndsWith("/.default", StringComparison.Ordinal));
        await (scope is null
            ? WriteAsync(context, StatusCodes.Status400BadRequest, Refusal("invalid_scope", "AADSTS1002012: the scope is not valid."))
            : WriteAsync(context, StatusCodes.Status200OK, new JsonObject
            {
                ["token_type"] = "Bearer",
                ["expires_in"] = (int)TokenLifetime.TotalSeconds,
                ["ext_expires_in"] = (int)TokenLifetime.TotalSeconds,
                ["access_token"] = await IssueTokenAsync(scope[..^"/.default".Length]),
            }));
    }

    private bool IsProven(TokenRequest request)
    {
        if (request["client_assertion"] is not { } text)
        {
            return request["client_secret"] == ClientSecret;
        }

        return request["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
            && SignedToken.Read(text) is { } assertion
            && assertion.IsCurrent(_time.GetUtcNow())
            && (assertion.Claim("aud") == ExchangeAudience ? assertion.IsSignedBy(Federation) : IsCertified(assertion, $"https://{request.Host}{request.Path}"));
    }

    private bool IsCertified(SignedToken assertion, string endpoint)
    {
        using var key = ClientCertificate?.GetRSAPublicKey();
        return key is not null
            && assertion.IsSignedBy(key)
            && (assertion.Header.ContainsKey("x5t#S256") || assertion.Header.ContainsKey("x5t"))
            && assertion.Claim("iss") == ClientId
            && assertion.Claim("sub") == ClientId
            && assertion.Claim("aud") == endpoint
            && assertion.Claim("jti") is not null;
    }
}
