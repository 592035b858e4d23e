using System.Text.Json.Serialization;

namespace Serverless.Components.Clients.AzureKeyVault.Certificates;

/// <summary>Why the making of a certificate failed.</summary>
internal sealed record CertificateOperationError(
    [property: JsonPropertyName("code")] string? Code,
    [property: JsonPropertyName("message")] string? Message);
