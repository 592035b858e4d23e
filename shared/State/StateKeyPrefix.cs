using Serverless.Components.Registry;

namespace Serverless.Components.State;

/// <summary>How a user's key becomes the stored key.</summary>
/// <remarks>Dapr docs: developing-applications/building-blocks/state-management/howto-share-state.</remarks>
public sealed class StateKeyPrefix
{
    /// <summary>Separates the prefix from the key; users' keys may not hold it.</summary>
    public const string Separator = "||";

    private readonly string _prefix;

    private StateKeyPrefix(string prefix) => _prefix = prefix.Length == 0 ? "" : prefix + Separator;

    /// <summary>Reads the component's <c>keyPrefix</c> item.</summary>
    /// <exception cref="ComponentException">A literal prefix holds the separator.</exception>
    public static StateKeyPrefix Parse(ComponentContext context)
    {
        var appId = context.Host.AppId;
        var strategy = (context.Metadata.Value("keyPrefix") ?? "").ToLowerInvariant();
        if (strategy.Contains(Separator, StringComparison.Ordinal))
        {
            throw new ComponentException($"component '{context.Name}': metadata 'keyPrefix': expected a prefix without '{Separator}'");
        }

        return new StateKeyPrefix(strategy switch
        {
            "" or "appid" => appId,
            "name" => context.Name,
            "namespace" when appId.Length == 0 => "",
            "namespace" => context.Host.Namespace.Length == 0 ? appId : $"{context.Host.Namespace}.{appId}",
            "none" => "",
            _ => strategy,
        });
    }

    /// <summary>The stored key of a user's key.</summary>
    public string ToStored(string key) => _prefix.Length == 0 ? key : string.Concat(_prefix, key);
}
