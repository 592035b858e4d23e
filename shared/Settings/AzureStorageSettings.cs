using Serverless.Components.Clients.AzureIdentity;
using Serverless.Components.Clients.AzureStorage;
using Serverless.Components.Registry;

namespace Serverless.Components.Settings;

/// <summary>Metadata items of everything that uses a storage account: where it is and how to be let in.</summary>
/// <remarks>
/// Dapr docs: the "Spec metadata fields" of the Azure Blob, Queue and Table components. A connection string goes first, then an
/// endpoint's own signature, the account key, and Microsoft Entra.
/// </remarks>
internal static class AzureStorageSettings
{
    /// <summary>Reads the items; null when faults, which go to the binder, leave no account.</summary>
    /// <exception cref="ComponentException">No way to prove who asks has what it needs.</exception>
    public static StorageAccount? Read(MetadataBinder binder, ComponentContext context, StorageService service)
    {
        if (binder.Text("connectionString") is { } connectionString)
        {
            return Try(binder, "connectionString", () => StorageConnectionString.Parse(connectionString).AccountOf(service));
        }

        if (binder.Text("accountName", "storageAccount", "storageAccountName") is not { } name)
        {
            return Fault(binder, "accountName", "a value (it is required)");
        }

        var identity = AzureAuthentication.Read(binder, context.Host);
        var endpoint = FindEndpoint(binder, service);
        var address = endpoint.Text is { } text
            ? Try(binder, endpoint.Item, () => StorageEndpoint.WithAccountPath(StorageEndpoint.Parse(text), name))
            : Try(binder, "accountName", () => StorageEndpoint.Default(name, service, Suffix(identity.Cloud ?? AzureCloud.Public, service)));
        var credential = ReadCredential(binder, context, name, endpoint, identity);
        return address is null || credential is null ? null : new StorageAccount(name, address, credential);
    }

    private static string Suffix(AzureCloud cloud, StorageService service) => service == StorageService.CosmosTable ? cloud.CosmosSuffix : cloud.StorageSuffix;

    private static (string Item, string? Text) FindEndpoint(MetadataBinder binder, StorageService service)
    {
        ReadOnlySpan<string> items = service switch
        {
            StorageService.Table or StorageService.CosmosTable => ["serviceURL", "endpoint"],
            StorageService.Queue => ["queueEndpoint", "queueEndpointUrl", "endpoint", "storageEndpoint", "storageAccountEndpoint"],
            _ => ["endpoint", "storageEndpoint", "storageAccountEndpoint"],
        };
        foreach (var item in items)
        {
            if (binder.Text(item) is { } text)
            {
                return (item, text);
            }
        }

        return (items[0], null);
    }

    private static StorageCredential? ReadCredential(MetadataBinder binder, ComponentContext context, string name, (string Item, string? Text) endpoint, AzureIdentityOptions identity)
    {
        if (endpoint.Text is { } text && text.IndexOf('?', StringComparison.Ordinal) is > 0 and var query && text.Contains("sig=", StringComparison.Ordinal))
        {
            return Try(binder, endpoint.Item, () => StorageCredential.Sas(text[query..]));
        }

        if (binder.Text("accountKey", "accessKey", "storageAccessKey", "storageAccountKey") is { } key)
        {
            return Try(binder, "accountKey", () => StorageCredential.SharedKey(name, key));
        }

        return StorageCredential.Token(AzureAuthentication.CreateCredential(context, identity, "an account key"));
    }

    private static T? Try<T>(MetadataBinder binder, string item, Func<T> read)
        where T : class
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

    private static StorageAccount? Fault(MetadataBinder binder, string item, string expected)
    {
        binder.Fault(item, expected);
        return null;
    }
}
