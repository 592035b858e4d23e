namespace Serverless.Components.Registry.Resources;

/// <summary>Reads <c>kind: Configuration</c>; members this app has no use for are ignored, as unknown ones are.</summary>
internal static class ConfigurationParser
{
    /// <exception cref="ComponentException">A member that is read has the wrong form.</exception>
    public static RuntimeConfiguration Parse(YamlNode root, string document, string origin)
    {
        var name = root["metadata"]?.TextOf("name") ?? throw new ComponentException($"{origin}: a Configuration needs metadata.name");
        try
        {
            var spec = root["spec"];
            var logging = spec?["logging"]?["apiLogging"];
            return new RuntimeConfiguration
            {
                Key = new ResourceKey(ResourceKey.Configuration, name),
                Hash = ResourceText.Hash(document),
                Origin = origin,
                Features = ParseFeatures(spec),
                SecretScopes = ParseScopes(spec?["secrets"]),
                AllowedApis = ParseRules(spec?["api"], "allowed"),
                DeniedApis = ParseRules(spec?["api"], "denied"),
                DeniedComponents = spec?["components"]?.TextsOf("deny"),
                ApiLogging = logging?.BooleanOf("enabled"),
                ObfuscateUrls = logging?.BooleanOf("obfuscateURLs"),
                OmitHealthChecks = logging?.BooleanOf("omitHealthChecks"),
                Workflow = WorkflowParser.Parse(spec?["workflow"]),
            };
        }
        catch (ComponentException exception)
        {
            throw new ComponentException($"{origin}: configuration '{name}': {exception.Message}");
        }
    }

    private static Dictionary<string, bool> ParseFeatures(YamlNode? spec)
    {
        var features = new Dictionary<string, bool>(StringComparer.Ordinal);
        foreach (var feature in spec?.ItemsOf("features") ?? [])
        {
            features[feature.TextOf("name") ?? ""] = feature.BooleanOf("enabled") ?? false;
        }

        return features;
    }

    private static List<ApiRule>? ParseRules(YamlNode? api, string list) => api?[list] is null
        ? null
        : [.. api.ItemsOf(list).Select(rule => new ApiRule(rule.TextOf("name") ?? "", rule.TextOf("version") ?? "", rule.TextOf("protocol") ?? "http"))];

    private static List<SecretScope>? ParseScopes(YamlNode? secrets)
    {
        if (secrets?["scopes"] is null)
        {
            return null;
        }

        var scopes = new List<SecretScope>();
        foreach (var scope in secrets.ItemsOf("scopes"))
        {
            var store = scope.TextOf("storeName") ?? "";
            if (scopes.Exists(other => other.StoreName == store))
            {
                throw new ComponentException($"secrets.scopes names the store '{store}' twice");
            }

            var allows = (scope.TextOf("defaultAccess") ?? "").ToLowerInvariant() switch
            {
                "" or "allow" => true,
                "deny" => false,
                _ => throw new ComponentException($"secrets.scopes of store '{store}': defaultAccess must be allow or deny"),
            };
            scopes.Add(new SecretScope(store, allows, scope.TextsOf("allowedSecrets") ?? [], scope.TextsOf("deniedSecrets") ?? []));
        }

        return scopes;
    }
}
