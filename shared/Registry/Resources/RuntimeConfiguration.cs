namespace Serverless.Components.Registry.Resources;

/// <summary>A <c>kind: Configuration</c> document: the settings that this app reads. Null means the document does not say.</summary>
/// <remarks>Dapr docs: reference/resource-specs/configuration-schema.</remarks>
public sealed record RuntimeConfiguration : Resource
{
    /// <summary>Position among <c>--config</c> files; later ones override. Documents from resource sources rank below all of them, by the precedence of their sources.</summary>
    public int Rank { get; init; } = -1;

    /// <summary><c>spec.features</c>: name to enabled.</summary>
    public IReadOnlyDictionary<string, bool> Features { get; init; } = new Dictionary<string, bool>();

    /// <summary><c>spec.secrets.scopes</c>.</summary>
    public IReadOnlyList<SecretScope>? SecretScopes { get; init; }

    /// <summary><c>spec.api.allowed</c>.</summary>
    public IReadOnlyList<ApiRule>? AllowedApis { get; init; }

    /// <summary><c>spec.api.denied</c>.</summary>
    public IReadOnlyList<ApiRule>? DeniedApis { get; init; }

    /// <summary><c>spec.components.deny</c>: <c>type</c> or <c>type/version</c>.</summary>
    public IReadOnlyList<string>? DeniedComponents { get; init; }

    /// <summary><c>spec.logging.apiLogging.enabled</c>.</summary>
    public bool? ApiLogging { get; init; }

    /// <summary><c>spec.logging.apiLogging.obfuscateURLs</c>.</summary>
    public bool? ObfuscateUrls { get; init; }

    /// <summary><c>spec.logging.apiLogging.omitHealthChecks</c>.</summary>
    public bool? OmitHealthChecks { get; init; }

    /// <summary><c>spec.workflow</c>.</summary>
    public WorkflowConfiguration? Workflow { get; init; }

    /// <summary>The settings when no document says anything.</summary>
    public static RuntimeConfiguration Empty { get; } = new() { Key = new ResourceKey(ResourceKey.Configuration, ""), Hash = "", Origin = "" };

    /// <summary>Whether a feature is on.</summary>
    public bool IsEnabled(string feature, bool fallback) => Features.TryGetValue(feature, out var enabled) ? enabled : fallback;

    /// <summary>Merges documents by rank, then by name; what a later one says replaces what an earlier one said.</summary>
    public static RuntimeConfiguration Merge(IEnumerable<RuntimeConfiguration> configurations) => configurations
        .OrderBy(configuration => configuration.Rank).ThenBy(configuration => configuration.Key.Name, StringComparer.Ordinal)
        .Aggregate(Empty, (merged, next) => merged with
        {
            Features = new Dictionary<string, bool>([.. merged.Features.Where(feature => !next.Features.ContainsKey(feature.Key)), .. next.Features]),
            SecretScopes = next.SecretScopes ?? merged.SecretScopes,
            AllowedApis = next.AllowedApis ?? merged.AllowedApis,
            DeniedApis = next.DeniedApis ?? merged.DeniedApis,
            DeniedComponents = next.DeniedComponents ?? merged.DeniedComponents,
            ApiLogging = next.ApiLogging ?? merged.ApiLogging,
            ObfuscateUrls = next.ObfuscateUrls ?? merged.ObfuscateUrls,
            OmitHealthChecks = next.OmitHealthChecks ?? merged.OmitHealthChecks,
            Workflow = next.Workflow ?? merged.Workflow,
        });
}
