using Microsoft.Extensions.Logging;

namespace Serverless.Components.Registry.Resources;

/// <summary>Turns one YAML document into a resource.</summary>
/// <param name="environment">Looks up environment variables for <c>${VAR}</c> in Configurations.</param>
/// <param name="logger">Told which documents are skipped.</param>
/// <param name="defaultSecretStore">Stands for an absent <c>auth.secretStore</c>; may be empty.</param>
internal sealed partial class ResourceParser(Func<string, string?> environment, ILogger logger, string defaultSecretStore = "")
{
    private const string ApiVersion = "dapr.io/v1alpha1";
    private static readonly TimeSpan LongestInit = TimeSpan.FromHours(24);

    /// <summary>Parses the document.</summary>
    /// <returns>Null when it is empty or of a kind that is not read here.</returns>
    /// <exception cref="ComponentException">The document is damaged; the message says where without quoting it.</exception>
    public ParsedResource? Parse(string document, string origin)
    {
        var root = ReadExpanded(document) ?? YamlReader.Parse(document);
        if (root is null)
        {
            return null;
        }

        var kind = root.TextOf("apiVersion") == ApiVersion ? root.TextOf("kind") : null;
        switch (kind)
        {
            case ResourceKey.Component:
                return ParseComponent(root, document, origin);
            case ResourceKey.Configuration:
                return new ParsedResource(ConfigurationParser.Parse(root, document, origin));
            default:
                LogSkipped(origin, root.TextOf("apiVersion"), root.TextOf("kind"));
                return null;
        }
    }

    // Only Configurations are expanded, and they may be no YAML before that.
    private YamlNode? ReadExpanded(string document)
    {
        if (!document.Contains('$') || !document.Contains(ResourceKey.Configuration, StringComparison.Ordinal))
        {
            return null;
        }

        var expanded = YamlReader.Parse(EnvironmentExpansion.Expand(document, environment));
        return expanded?.TextOf("kind") == ResourceKey.Configuration ? expanded : null;
    }

    private ParsedResource ParseComponent(YamlNode root, string document, string origin)
    {
        var name = root["metadata"]?.TextOf("name") ?? throw new ComponentException($"{origin}: a Component needs metadata.name");
        var spec = root["spec"] ?? throw new ComponentException($"{origin}: component '{name}' needs a spec");
        try
        {
            var definition = new ComponentDefinition
            {
                Key = new ResourceKey(ResourceKey.Component, name),
                Hash = ResourceText.Hash(document),
                Origin = origin,
                Type = spec.TextOf("type") ?? "",
                Version = spec.TextOf("version") ?? "",
                IgnoreErrors = spec.BooleanOf("ignoreErrors") ?? false,
                InitTimeout = ParseTimeout(spec.TextOf("initTimeout")),
                Metadata = [.. spec.ItemsOf("metadata").Select(ParseItem)],
                SecretStore = root["auth"]?.TextOf("secretStore") is { Length: > 0 } store ? store : defaultSecretStore,
            };
            return new ParsedResource(definition, root["metadata"]?.TextOf("namespace"), root.TextsOf("scopes") ?? []);
        }
        catch (ComponentException exception)
        {
            throw new ComponentException($"{origin}: component '{name}': {exception.Message}");
        }
    }

    private static TimeSpan ParseTimeout(string? text) =>
        text is null ? TimeSpan.FromSeconds(5)
        : DaprText.TryParseDuration(text, TimeSpan.FromSeconds(1), out var timeout) && timeout > TimeSpan.Zero && timeout <= LongestInit ? timeout
        : throw new ComponentException("spec.initTimeout must be a positive duration such as 5s, at most 24h");

    private static MetadataItem ParseItem(YamlNode item)
    {
        var name = item.TextOf("name") ?? throw new ComponentException("an item of spec.metadata has no name");
        var secret = item["secretKeyRef"];
        var secretName = secret?.TextOf("name");
        if (secret is not null && string.IsNullOrEmpty(secretName))
        {
            throw new ComponentException($"metadata '{name}': secretKeyRef needs a name");
        }

        return new MetadataItem
        {
            Name = name,
            Value = item["value"] is { } value ? YamlJson.ToText(value) : null,
            SecretName = secretName,
            SecretKey = secret?.TextOf("key") is { Length: > 0 } key ? key : secretName,
            EnvironmentVariable = item.TextOf("envRef"),
        };
    }

    [LoggerMessage(LogLevel.Debug, "{Origin}: a document of apiVersion '{ApiVersion}' and kind '{Kind}' is skipped")]
    private partial void LogSkipped(string origin, string? apiVersion, string? kind);
}
