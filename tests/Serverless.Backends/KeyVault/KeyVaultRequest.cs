using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Serverless.Backends.KeyVault;

/// <summary>A request, taken apart; <paramref name="Vault"/> is the address that ids begin with.</summary>
internal sealed record KeyVaultRequest(string Method, string[] Segments, IQueryCollection Query, JsonObject Body, string Vault)
{
    public static KeyVaultRequest Of(HttpRequest request, byte[] body) => new(
        request.Method,
        (request.Path.Value ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries),
        request.Query,
        Parse(body),
        $"https://{request.Host}");

    /// <summary>A text of the body, or null.</summary>
    public string? Text(string name) => Body[name] is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

    /// <summary>A text that must be there.</summary>
    public string Required(string name) => Text(name) ?? throw VaultRefusalException.BadParameter($"Property '{name}' must be a string.");

    private static JsonObject Parse(byte[] body)
    {
        try
        {
            return body.Length == 0 ? [] : JsonNode.Parse(body) as JsonObject ?? throw VaultRefusalException.BadParameter("The request body is not an object.");
        }
        catch (JsonException)
        {
            throw VaultRefusalException.BadParameter("The request body is not JSON.");
        }
    }
}
