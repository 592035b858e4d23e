using Serverless.Components.Clients.AzureRest;

namespace Serverless.Components.Clients.AzureStorage;

/// <summary>A storage account's connection string.</summary>
/// <remarks>https://learn.microsoft.com/azure/storage/common/storage-configure-connection-string.</remarks>
internal sealed class StorageConnectionString
{
    /// <summary>The emulator's account.</summary>
    public const string DevelopmentAccount = "devstoreaccount1";

    // The emulator's key, which is public.
    private const string DevelopmentKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
    private const string DefaultSuffix = "core.windows.net";
    private readonly ConnectionString _parts;

    private StorageConnectionString(string text) => _parts = new ConnectionString(text);

    /// <summary>What the emulator's account takes.</summary>
    public static StorageCredential EmulatorCredential => StorageCredential.SharedKey(DevelopmentAccount, DevelopmentKey);

    private bool IsDevelopment => _parts.IsSet("UseDevelopmentStorage");

    private string? AccountName => _parts["AccountName"] ?? (IsDevelopment ? DevelopmentAccount : null);

    private string? AccountKey => _parts["AccountKey"] ?? (IsDevelopment ? DevelopmentKey : null);

    /// <summary>Reads a connection string.</summary>
    /// <exception cref="FormatException">It has not the form of one; the message does not quote it.</exception>
    public static StorageConnectionString Parse(string text) => new(text);

    /// <summary>The account of one service.</summary>
    /// <exception cref="FormatException">Something is missing or malformed; the message names it.</exception>
    public StorageAccount AccountOf(StorageService service)
    {
        var endpoint = Endpoint(service);
        var name = AccountName ?? StorageEndpoint.AccountOf(endpoint);
        return new StorageAccount(name, StorageEndpoint.WithAccountPath(endpoint, name), Credential(name));
    }

    private StorageCredential Credential(string name) => (AccountKey, _parts["SharedAccessSignature"]) switch
    {
        ({ } key, _) => StorageCredential.SharedKey(name, key),
        (_, { } signature) => StorageCredential.Sas(signature),
        _ => throw new FormatException("the connection string has neither AccountKey nor SharedAccessSignature"),
    };

    private Uri Endpoint(StorageService service)
    {
        var item = service == StorageService.CosmosTable ? "TableEndpoint" : $"{service}Endpoint";
        if (_parts[item] is { } given)
        {
            return StorageEndpoint.Parse(given);
        }

        if (IsDevelopment)
        {
            var proxy = _parts["DevelopmentStorageProxyUri"]?.TrimEnd('/') ?? "http://127.0.0.1";
            var port = service switch { StorageService.Blob => 10000, StorageService.Queue => 10001, _ => 10002 };
            return StorageEndpoint.Parse($"{proxy}:{port}/{DevelopmentAccount}");
        }

        var account = AccountName ?? throw new FormatException($"the connection string has neither AccountName nor {item}");
        return StorageEndpoint.Default(account, service, _parts["EndpointSuffix"] ?? DefaultSuffix, _parts["DefaultEndpointsProtocol"] ?? Uri.UriSchemeHttps);
    }
}
