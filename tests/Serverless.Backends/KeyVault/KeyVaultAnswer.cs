using System.Text.Json.Nodes;

namespace Serverless.Backends.KeyVault;

/// <summary>What a request came to, before it is sent.</summary>
internal sealed record KeyVaultAnswer(int Status, JsonObject? Body = null)
{
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    public static KeyVaultAnswer Ok(JsonObject body) => new(200, body);

    public static KeyVaultAnswer Error(int status, string code, string message, string? innerCode)
    {
        var error = new JsonObject { ["code"] = code, ["message"] = message };
        if (innerCode is not null)
        {
            error["innererror"] = new JsonObject { ["code"] = innerCode };
        }

        return new KeyVaultAnswer(status, new JsonObject { ["error"] = error });
    }
}
