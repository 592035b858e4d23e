using Serverless.Components.Clients.AzureIdentity;
using Serverless.Components.Clients.AzureKeyVault;
using Serverless.Components.Registry;

namespace Serverless.Components.Settings;

/// <summary>Metadata items of everything that uses a vault: where it is and who asks.</summary>
/// <remarks>
/// Dapr docs: reference/components-reference/supported-secret-stores/azure-keyvault. <c>vaultUri</c> is not of Dapr: the whole address of
/// a vault outside Azure's public names, such as one in a private cloud or behind a gateway. Tokens are for the Key Vault of
/// <c>azureEnvironment</c> and are sent to no other host.
/// </remarks>
internal static class AzureKeyVaultSettings
{
    /// <summary>Reads the items; null when faults, which go to the binder, leave no vault.</summary>
    /// <exception cref="ComponentException">No way to prove who asks has what it needs.</exception>
    public static KeyVaultOptions? Read(MetadataBinder binder, ComponentContext context)
    {
        var identity = AzureAuthentication.Read(binder, context.Host);
        var name = binder.Text("vaultName")?.Trim();
        var uri = binder.Text("vaultUri");
        if (name is null && uri is null)
        {
            binder.Fault("vaultName", "a value (it is required)");
            return null;
        }

        if (name is not null && uri is not null)
        {
            binder.Fault("vaultUri", "to stand without vaultName");
            return null;
        }

        // A whole name tells its cloud, as Dapr has it since 1.3.
        identity = FindCloud(uri ?? name!) is { } named ? identity with { Cloud = named } : identity;
        var cloud = identity.Cloud ?? AzureCloud.Public;
        var address = uri is not null ? Try(binder, "vaultUri", () => KeyVaultAddress.Parse(uri)) : Try(binder, "vaultName", () => ReadName(name!, cloud));
        return address is null ? null : new KeyVaultOptions
        {
            Address = address,
            Resource = $"https://{cloud.KeyVaultSuffix}",
            Credential = AzureAuthentication.CreateCredential(context, identity, instead: null),
            Time = context.Host.Time,
        };
    }

    private static AzureCloud? FindCloud(string address)
    {
        ReadOnlySpan<AzureCloud> clouds = [AzureCloud.Public, AzureCloud.China, AzureCloud.UsGovernment];
        foreach (var cloud in clouds)
        {
            if (address.TrimEnd('/').EndsWith($".{cloud.KeyVaultSuffix}", StringComparison.OrdinalIgnoreCase))
            {
                return cloud;
            }
        }

        return null;
    }

    private static Uri ReadName(string name, AzureCloud cloud)
    {
        const string Scheme = "https://";
        var bare = name.TrimEnd('/');
        if (bare.EndsWith($".{cloud.KeyVaultSuffix}", StringComparison.OrdinalIgnoreCase))
        {
            bare = bare[..^(cloud.KeyVaultSuffix.Length + 1)];
            bare = bare.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? bare[Scheme.Length..] : bare;
        }

        return KeyVaultAddress.Default(bare, cloud.KeyVaultSuffix);
    }

    private static Uri? Try(MetadataBinder binder, string item, Func<Uri> read)
    {
        try
        {
            return read();
        }
        catch (FormatException fault)
        {
            binder.Fault(item, $"a usable value ({fault.Message})");
            return null;
        }
    }
}
