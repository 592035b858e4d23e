using Azure.Core;
using Azure.Core.Pipeline;

namespace Serverless.Components.Clients.AzureStorage;

/// <summary>What proves to a storage account who asks.</summary>
/// <remarks>https://learn.microsoft.com/rest/api/storageservices/authorize-requests-to-azure-storage.</remarks>
internal sealed class StorageCredential
{
    private const string Scope = "https://storage.azure.com/.default";
    private readonly Func<StorageService, TimeProvider, HttpPipelinePolicy> _createPolicy;

    private StorageCredential(Func<StorageService, TimeProvider, HttpPipelinePolicy> createPolicy) => _createPolicy = createPolicy;

    /// <summary>The account's key.</summary>
    /// <exception cref="FormatException">The key is not base64; the message does not quote it.</exception>
    public static StorageCredential SharedKey(string account, string key)
    {
        var bytes = new byte[key.Length];
        if (key.Length == 0 || !Convert.TryFromBase64String(key, bytes, out var length))
        {
            throw new FormatException("the account key is not base64");
        }

        return new StorageCredential((service, time) => service == StorageService.Table
            ? new SharedKeyLitePolicy(account, bytes[..length], time)
            : new SharedKeyPolicy(account, bytes[..length], time));
    }

    /// <summary>A shared access signature: a query, with or without its question mark.</summary>
    public static StorageCredential Sas(string query) => new((_, _) => new SasPolicy(query.TrimStart('?')));

    /// <summary>A token of Microsoft Entra; requests must go over https.</summary>
    public static StorageCredential Token(TokenCredential credential) => new((_, _) => new BearerTokenAuthenticationPolicy(credential, Scope));

    /// <summary>The policy that signs requests to one service of the account.</summary>
    public HttpPipelinePolicy CreatePolicy(StorageService service, TimeProvider time) => _createPolicy(service, time);
}
