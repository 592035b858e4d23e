using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Azure.Core;
using Azure.Core.Pipeline;

namespace Serverless.Components.Clients.AzureStorage;

/// <summary>What proves to a storage account who asks.</summary>
/// <remarks>https://learn.microsoft.com/rest/api/storageservices/authorize-requests-to-azure-storage.</remarks>
internal sealed class StorageCredential
{
    private const string Scope = "https://storage.azure.com/.default";
    private const string CosmosScope = "https://cosmos.azure.com/.default";

    // RFC 3986, section 3.4.
    private static readonly SearchValues<char> QueryCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/?%");
    private readonly Func<StorageService, TimeProvider, HttpPipelinePolicy> _createPolicy;
    private readonly byte[]? _key;

    private StorageCredential(Func<StorageService, TimeProvider, HttpPipelinePolicy> createPolicy, byte[]? key = null)
    {
        _createPolicy = createPolicy;
        _key = key;
    }

    /// <summary>The account's key.</summary>
    /// <exception cref="FormatException">The key is not base64; the message does not quote it.</exception>
    public static StorageCredential SharedKey(string account, string key)
    {
        var bytes = new byte[key.Length];
        if (key.Length == 0 || !Convert.TryFromBase64String(key, bytes, out var length))
        {
            throw new FormatException("the account key is not base64");
        }

        return new StorageCredential((service, time) => service is StorageService.Table or StorageService.CosmosTable
            ? new SharedKeyLitePolicy(account, bytes[..length], time)
            : new SharedKeyPolicy(account, bytes[..length], time), bytes[..length]);
    }

    /// <summary>A shared access signature: a query, with or without its question mark.</summary>
    /// <exception cref="FormatException">It is none, or not encoded; the message does not quote it.</exception>
    public static StorageCredential Sas(string query)
    {
        var parameters = query.TrimStart('?');
        return parameters.Split('&').Any(parameter => parameter.StartsWith("sig=", StringComparison.Ordinal)) && !parameters.AsSpan().ContainsAnyExcept(QueryCharacters)
            ? new StorageCredential((_, _) => new SasPolicy(parameters))
            : throw new FormatException("the shared access signature is no query with a parameter 'sig'");
    }

    /// <summary>A token of Microsoft Entra; requests must go over https.</summary>
    public static StorageCredential Token(TokenCredential credential) => new((service, _) =>
        new BearerTokenAuthenticationPolicy(credential, service == StorageService.CosmosTable ? CosmosScope : Scope));

    /// <summary>What the account's key makes of a text, in base64; null without the key.</summary>
    public string? Sign(string text) => _key is null ? null : Convert.ToBase64String(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(text)));

    /// <summary>The policy that signs requests to one service of the account.</summary>
    public HttpPipelinePolicy CreatePolicy(StorageService service, TimeProvider time) => _createPolicy(service, time);
}
