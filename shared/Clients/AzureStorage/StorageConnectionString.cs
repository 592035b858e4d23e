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
    private readonly Dictionary<string, string> _parts = new(StringComparer.OrdinalIgnoreCase);

    private StorageConnectionString(string text)
    {
        foreach (var part in text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            // Keys end in '=' themselves.
            var end = part.IndexOf('=', StringComparison.Ordinal);
            if (end <= 0 || !_parts.TryAdd(part[..end].Trim(), part[(end + 1)..].Trim()))
            {
                throw new FormatException("the connection string has a part without a name, or a name twice");
            }
        }

        if (IsDevelopment)
        {
            _parts.TryAdd("AccountName", DevelopmentAccount);
            _parts.TryAdd("AccountKey", DevelopmentKey);
        }
    }

    /// <summary>What the emulator's account takes.</summary>
    public static StorageCredential EmulatorCredential => StorageCredential.SharedKey(DevelopmentAccount, DevelopmentKey);

    private bool IsDevelopment => string.Equals(Part("UseDevelopmentStorage"), "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads a connection string.</summary>
    /// <exception cref="FormatException">It has not the form of one; the message does not quote it.</exception>
    public static StorageConnectionString Parse(string text) => new(text);

    /// <summary>The account of one service.</summary>
    /// <exception cref="FormatException">Something is missing or malformed; the message names it.</exception>
    public StorageAccount AccountOf(StorageService service)
    {
        var endpoint = Endpoint(service);
        var name = Part("AccountName") ?? StorageEndpoint.AccountOf(endpoint);
        return new StorageAccount(name, StorageEndpoint.WithAccountPath(endpoint, name), Credential(name));
    }

    private StorageCredential Credential(string name) => (Part("AccountKey"), Part("SharedAccessSignature")) switch
    {
        ({ } key, _) => StorageCredential.SharedKey(name, key),
        (_, { } signature) => StorageCredential.Sas(signature),
        _ => throw new FormatException("the connection string has neither AccountKey nor SharedAccessSignature"),
    };

    private Uri Endpoint(StorageService service)
    {
        if (Part($"{service}Endpoint") is { } given)
        {
            return StorageEndpoint.Parse(given);
        }

        if (IsDevelopment)
        {
            var proxy = Part("DevelopmentStorageProxyUri")?.TrimEnd('/') ?? "http://127.0.0.1";
            var port = service switch { StorageService.Blob => 10000, StorageService.Queue => 10001, _ => 10002 };
            return StorageEndpoint.Parse($"{proxy}:{port}/{DevelopmentAccount}");
        }

        var account = Part("AccountName") ?? throw new FormatException($"the connection string has neither AccountName nor {service}Endpoint");
        return StorageEndpoint.Default(account, service, Part("EndpointSuffix") ?? DefaultSuffix, Part("DefaultEndpointsProtocol") ?? Uri.UriSchemeHttps);
    }

    private string? Part(string name) => _parts.GetValueOrDefault(name) is { Length: > 0 } value ? value : null;
}
