using System.Text.Json.Serialization;

namespace Serverless.Components.Clients.AzureKeyVault;

/// <summary>A part of a list.</summary>
/// <param name="Value">Its items.</param>
/// <param name="NextLink">Where the next part is; null after the last one.</param>
internal sealed record KeyVaultPage<T>(
    [property: JsonPropertyName("value")] IReadOnlyList<T>? Value,
    [property: JsonPropertyName("nextLink")] Uri? NextLink);
