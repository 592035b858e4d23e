using System.Text.Json.Serialization;

namespace Serverless.Components.Clients.Kubernetes;

// Kubernetes docs: reference/kubernetes-api/common-definitions/status.
internal sealed record StatusAnswer(
    [property: JsonPropertyName("kind")] string? Kind,
    [property: JsonPropertyName("message")] string? Message,
    [property: JsonPropertyName("reason")] string? Reason,
    [property: JsonPropertyName("details")] StatusDetails? Details);

internal sealed record StatusDetails([property: JsonPropertyName("kind")] string? Kind);

// Kubernetes docs: reference/kubernetes-api/config-and-storage-resources/secret-v1. JSON's base64 strings are read as bytes.
internal sealed record SecretAnswer(
    [property: JsonPropertyName("metadata")] ObjectMetadata? Metadata,
    [property: JsonPropertyName("data")] IReadOnlyDictionary<string, byte[]?>? Data)
{
    /// <summary>The type alone: the data are secret.</summary>
    public override string ToString() => nameof(SecretAnswer);
}

internal sealed record SecretListAnswer(
    [property: JsonPropertyName("metadata")] ListMetadata? Metadata,
    [property: JsonPropertyName("items")] IReadOnlyList<SecretAnswer>? Items)
{
    /// <summary>The type alone: the items are secret.</summary>
    public override string ToString() => nameof(SecretListAnswer);
}

internal sealed record ObjectMetadata([property: JsonPropertyName("name")] string? Name);

// Kubernetes docs: reference/using-api/api-concepts, retrieving large results sets in chunks.
internal sealed record ListMetadata([property: JsonPropertyName("continue")] string? Continue);
