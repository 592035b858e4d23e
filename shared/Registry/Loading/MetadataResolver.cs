using Microsoft.Extensions.Logging;
using Serverless.Components.Registry.Resources;

namespace Serverless.Components.Registry.Loading;

/// <summary>Resolves a component's metadata items: templates, environment references and secret references.</summary>
/// <remarks>Dapr docs: operations/components/component-secrets, reference/resource-specs/component-schema.</remarks>
internal sealed partial class MetadataResolver(ComponentHost host, SecretLookup secrets)
{
    private readonly ILogger _logger = host.LoggerFactory.CreateLogger("dapr.runtime.components");

    /// <summary>Resolves every item.</summary>
    /// <param name="definition">The component.</param>
    /// <param name="secretStore">The running store named by <c>auth.secretStore</c>, or null.</param>
    /// <param name="cancellationToken">Cancels secret reads.</param>
    /// <exception cref="ComponentException">Items that can't be resolved, all together; no value is quoted.</exception>
    public async Task<ComponentMetadata> ResolveAsync(ComponentDefinition definition, IComponent? secretStore, CancellationToken cancellationToken)
    {
        var values = new List<MetadataValue>(definition.Metadata.Count);
        var faults = new List<string>();
        foreach (var item in definition.Metadata)
        {
            if (item.SecretName is not null)
            {
                var (secret, fault) = await ReadSecretAsync(definition, item, secretStore, cancellationToken);
                if (fault is not null)
                {
                    faults.Add(fault);
                }

                values.Add(new MetadataValue(item.Name, secret ?? "", item.SecretName));
            }
            else
            {
                var text = item.EnvironmentVariable is { } variable ? ReadVariable(definition, item, variable) : item.Value ?? "";
                values.Add(new MetadataValue(item.Name, Expand(item.Name, text, faults)));
            }
        }

        return faults.Count == 0
            ? new ComponentMetadata(definition.Key.Name, values)
            : throw new ComponentException($"component '{definition.Key.Name}' ({definition.Origin}): {string.Join("; ", faults)}");
    }

    private async Task<(string? Secret, string? Fault)> ReadSecretAsync(ComponentDefinition definition, MetadataItem item, IComponent? store, CancellationToken cancellationToken)
    {
        if (definition.SecretStore.Length == 0)
        {
            return (null, $"metadata '{item.Name}' refers to secret '{item.SecretName}', but auth.secretStore is not set");
        }

        if (store is null)
        {
            return (null, $"metadata '{item.Name}' refers to secret '{item.SecretName}', but secret store '{definition.SecretStore}' is not loaded");
        }

        var secret = await secrets(store, item.SecretName!, cancellationToken);
        if (secret is null || !secret.TryGetValue(item.SecretKey!, out var value))
        {
            return (null, $"metadata '{item.Name}': secret store '{definition.SecretStore}' has no secret '{item.SecretName}' with key '{item.SecretKey}'");
        }

        if (value.Length == 0)
        {
            LogEmptySecret(_logger, definition.Key.Name, item.Name, definition.SecretStore, item.SecretName!);
        }

        return (value, null);
    }

    // Variables of the runtime itself stay out of reach of components.
    private string ReadVariable(ComponentDefinition definition, MetadataItem item, string variable)
    {
        var allowed = host.Environment("DAPR_ENV_KEYS") is not { Length: > 0 } keys || keys.Split(' ').Contains(variable);
        if (!allowed || variable.Contains(' ') || variable == "APP_API_TOKEN" || variable.StartsWith("DAPR_", StringComparison.OrdinalIgnoreCase))
        {
            LogRefusedVariable(_logger, definition.Key.Name, item.Name, variable);
            return "";
        }

        return host.Environment(variable) ?? "";
    }

    private string Expand(string item, string text, List<string> faults)
    {
        if (!text.Contains('{'))
        {
            return text;
        }

        if (text.Contains("{podName}", StringComparison.Ordinal))
        {
            if (host.Environment("POD_NAME") is not { Length: > 0 } pod)
            {
                faults.Add($"metadata '{item}': the template {{podName}} needs the environment variable POD_NAME");
                return text;
            }

            text = text.Replace("{podName}", pod, StringComparison.Ordinal);
        }

        return text
            .Replace("{uuid}", Guid.NewGuid().ToString(), StringComparison.Ordinal)
            .Replace("{namespace}", $"{host.Namespace}.{host.AppId}", StringComparison.Ordinal)
            .Replace("{appID}", host.AppId, StringComparison.Ordinal);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "component {Component}: metadata {Item}: secret {Secret} of store {Store} is empty")]
    private static partial void LogEmptySecret(ILogger logger, string component, string item, string store, string secret);

    [LoggerMessage(Level = LogLevel.Error, Message = "component {Component}: metadata {Item}: environment variable {Variable} may not be read by components; the item is empty")]
    private static partial void LogRefusedVariable(ILogger logger, string component, string item, string variable);
}
