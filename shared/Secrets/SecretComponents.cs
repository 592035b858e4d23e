using System.Collections.ObjectModel;
using Serverless.Components.Registry;
using Serverless.Components.Secrets.AzureKeyVault;
using Serverless.Components.Secrets.Kubernetes;
using Serverless.Components.Secrets.LocalEnv;
using Serverless.Components.Secrets.LocalFile;

namespace Serverless.Components.Secrets;

/// <summary>The secret store types.</summary>
public static class SecretComponents
{
    /// <summary>Registers every secret store type.</summary>
    public static void Register(ComponentCatalog catalog) => catalog
        .Add("secretstores.azure.keyvault", "v1", context => new AzureKeyVaultSecretStore(context))
        .Add("secretstores.kubernetes", "v1", context => new KubernetesSecretStore(context))
        .Add("secretstores.local.env", "v1", context => new LocalEnvSecretStore(context))
        .Add("secretstores.local.file", "v1", context => new LocalFileSecretStore(context));

    /// <summary>Reads one secret for <c>secretKeyRef</c>; null when it does not exist.</summary>
    /// <exception cref="ComponentException">The component is no secret store.</exception>
    public static async ValueTask<IReadOnlyDictionary<string, string>?> LookUpAsync(IComponent store, string name, CancellationToken cancellationToken)
    {
        try
        {
            return store switch
            {
                // The API reads an unset variable as empty; a component that refers to one would go on with an empty password.
                LocalEnvSecretStore environment when !environment.Has(name) => null,
                ISecretStore secrets => await secrets.GetAsync(name, ReadOnlyDictionary<string, string>.Empty, cancellationToken),
                _ => throw new ComponentException("auth.secretStore names a component that is no secret store"),
            };
        }
        catch (SecretNotFoundException)
        {
            return null;
        }
    }
}
