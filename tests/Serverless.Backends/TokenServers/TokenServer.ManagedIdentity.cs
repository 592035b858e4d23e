using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Serverless.Backends.TokenServers;

// Microsoft docs: app-service/overview-managed-identity, section "REST endpoint reference".
public sealed partial class TokenServer
{
    /// <summary>Value of <c>IDENTITY_ENDPOINT</c> for a client.</summary>
    public string IdentityEndpoint => $"http://127.0.0.1:{HttpPort}/msi/token";

    /// <summary>Value of <c>IDENTITY_HEADER</c> for a client.</summary>
    public string IdentityHeader { get; } = Guid.NewGuid().ToString("N");

    /// <summary>Client ids of identities assigned by the user; the system's is always there.</summary>
    public HashSet<string> UserAssigned { get; } = [];

    private Task AnswerAppServiceAsync(HttpContext context, TokenRequest request) =>
        context.Request.Headers["X-IDENTITY-HEADER"] != IdentityHeader ? WriteAsync(context, StatusCodes.Status401Unauthorized, Status(401, "the identity header is not valid"))
        : request["api-version"] != "2019-08-01" ? WriteAsync(context, StatusCodes.Status400BadRequest, Status(400, "unsupported api-version"))
        : AnswerIdentityAsync(context, request, Status(400, "No managed identity was found for the given client id"));

    private Task AnswerVirtualMachineAsync(HttpContext context, TokenRequest request) =>
        IsProbe(context.Request) ? WriteAsync(context, StatusCodes.Status400BadRequest, Refusal("invalid_request", "Required metadata header not specified"))
        : AnswerIdentityAsync(context, request, Refusal("invalid_request", "Identity not found"));

    private async Task AnswerIdentityAsync(HttpContext context, TokenRequest request, JsonObject refusal)
    {
        var clientId = request["client_id"];
        if (request["resource"] is not { Length: > 0 } resource || (clientId is not null && !UserAssigned.Contains(clientId)))
        {
            await WriteAsync(context, StatusCodes.Status400BadRequest, refusal);
            return;
        }

        await WriteAsync(context, StatusCodes.Status200OK, new JsonObject
        {
            ["access_token"] = await IssueTokenAsync(resource),
            ["expires_on"] = (_time.GetUtcNow() + TokenLifetime).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
            ["resource"] = resource,
            ["token_type"] = "Bearer",
            ["client_id"] = clientId ?? "system",
        });
    }

    // A look whether the endpoint of virtual machines is there; it has no business with faults of tokens.
    private static bool IsProbe(HttpRequest request) => request.Path.StartsWithSegments("/metadata", StringComparison.Ordinal) && request.Headers["Metadata"] != "true";

    private static JsonObject Status(int status, string message) => new() { ["statusCode"] = status, ["message"] = message };
}
