using System.Buffers.Text;
using System.Text;
using System.Text.Json.Nodes;

namespace Serverless.Backends.Azurite;

/// <summary>The token of a user of Microsoft Entra, without a signature: Azurite looks at the claims only.</summary>
public static class AzuriteToken
{
    /// <summary>What <c>https://storage.azure.com/.default</c> gives tokens for, whatever the service.</summary>
    public const string Audience = "https://storage.azure.com";

    /// <summary>The start of issuers that Azurite accepts.</summary>
    public const string Issuer = "https://sts.windows.net/";

    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    /// <summary>A token that is valid for an hour, for <paramref name="audience"/>.</summary>
    public static string Create(string audience = Audience)
    {
        var now = TimeProvider.System.GetUtcNow();
        var header = new JsonObject { ["alg"] = "none", ["typ"] = "JWT" };
        var claims = new JsonObject
        {
            ["aud"] = audience,
            ["iss"] = Issuer + "6d5e0b3c-0000-4000-8000-000000000001/",
            ["iat"] = now.ToUnixTimeSeconds(),
            ["nbf"] = now.ToUnixTimeSeconds(),
            ["exp"] = (now + Lifetime).ToUnixTimeSeconds(),
        };
        return $"{Encode(header)}.{Encode(claims)}.";
    }

    private static string Encode(JsonObject part) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(part.ToJsonString()));
}
