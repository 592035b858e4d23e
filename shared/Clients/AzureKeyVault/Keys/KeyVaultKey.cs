using System.Text.Json.Serialization;

namespace Serverless.Components.Clients.AzureKeyVault.Keys;

/// <summary>A version of a key: all but its private part, which no vault gives away.</summary>
internal sealed record KeyVaultKey
{
    [JsonPropertyName("key")]
    public required JsonWebKey Key { get; init; }

    [JsonPropertyName("attributes")]
    public KeyVaultAttributes? Attributes { get; init; }

    [JsonPropertyName("tags")]
    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    /// <summary>True when it belongs to a certificate.</summary>
    [JsonPropertyName("managed")]
    public bool Managed { get; init; }
}
