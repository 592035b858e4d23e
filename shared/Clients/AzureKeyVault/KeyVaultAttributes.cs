using System.Text.Json.Serialization;

namespace Serverless.Components.Clients.AzureKeyVault;

/// <summary>What a vault knows of a version besides its content; in requests only what is not null is set.</summary>
internal sealed record KeyVaultAttributes
{
    [JsonPropertyName("enabled")]
    public bool? Enabled { get; init; }

    [JsonPropertyName("nbf")]
    [JsonConverter(typeof(UnixSecondsConverter))]
    public DateTimeOffset? NotBefore { get; init; }

    [JsonPropertyName("exp")]
    [JsonConverter(typeof(UnixSecondsConverter))]
    public DateTimeOffset? Expires { get; init; }

    [JsonPropertyName("created")]
    [JsonConverter(typeof(UnixSecondsConverter))]
    public DateTimeOffset? Created { get; init; }

    [JsonPropertyName("updated")]
    [JsonConverter(typeof(UnixSecondsConverter))]
    public DateTimeOffset? Updated { get; init; }

    /// <summary>What can be done once it is deleted, such as <c>Recoverable+Purgeable</c>.</summary>
    [JsonPropertyName("recoveryLevel")]
    public string? RecoveryLevel { get; init; }

    /// <summary>How long it can be recovered.</summary>
    [JsonPropertyName("recoverableDays")]
    public int? RecoverableDays { get; init; }
}
