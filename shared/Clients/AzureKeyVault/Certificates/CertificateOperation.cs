using System.Text.Json.Serialization;

namespace Serverless.Components.Clients.AzureKeyVault.Certificates;

/// <summary>The making of a certificate's next version.</summary>
internal sealed record CertificateOperation
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    /// <summary><c>inProgress</c>, <c>completed</c>, <c>cancelled</c> or <c>failed</c>.</summary>
    [JsonPropertyName("status")]
    public string? Status { get; init; }

    [JsonPropertyName("status_details")]
    public string? StatusDetails { get; init; }

    /// <summary>The request (PKCS #10 in DER) to be signed; it is the same as long as this operation lasts.</summary>
    [JsonPropertyName("csr")]
    public byte[]? Csr { get; init; }

    /// <summary>The certificate, once it is completed.</summary>
    [JsonPropertyName("target")]
    public string? Target { get; init; }

    [JsonPropertyName("issuer")]
    public CertificateIssuer? Issuer { get; init; }

    [JsonPropertyName("error")]
    public CertificateOperationError? Error { get; init; }

    [JsonPropertyName("cancellation_requested")]
    public bool IsCancellationRequested { get; init; }

    /// <summary>Tells this operation from any other of the same name, such as one that a stranger began.</summary>
    [JsonPropertyName("request_id")]
    public string? RequestId { get; init; }

    /// <summary>True until it is completed, cancelled or failed.</summary>
    [JsonIgnore]
    public bool IsInProgress => Status == "inProgress";
}
