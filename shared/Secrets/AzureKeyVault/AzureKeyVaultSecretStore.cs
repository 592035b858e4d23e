using System.Globalization;
using System.Net;
using Serverless.Components.Clients.AzureKeyVault;
using Serverless.Components.Clients.AzureRest;
using Serverless.Components.Registry;
using Serverless.Components.Settings;

namespace Serverless.Components.Secrets.AzureKeyVault;

/// <summary><c>secretstores.azure.keyvault</c>: the secrets of a vault, read anew for each request.</summary>
/// <remarks>
/// Dapr docs: reference/components-reference/supported-secret-stores/azure-keyvault. Like there, nobody is asked before the first
/// read. Request metadata: <c>version_id</c> for one secret, <c>maxresults</c> for all of them.
/// </remarks>
internal sealed class AzureKeyVaultSecretStore : ISecretStore
{
    private const int ReadsAtOnce = 8;
    private readonly KeyVaultSecretClient _client;

    public AzureKeyVaultSecretStore(ComponentContext context)
    {
        var binder = context.Metadata.Bind();
        var options = AzureKeyVaultSettings.Read(binder, context);
        binder.ThrowIfFaulty();
        _client = new KeyVaultSecretClient(options!);
    }

    /// <summary>A store on a client that is made already.</summary>
    public AzureKeyVaultSecretStore(KeyVaultSecretClient client) => _client = client;

    public IReadOnlyList<string> Capabilities => [];

    public Task InitializeAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async ValueTask<IReadOnlyDictionary<string, string>?> GetAsync(string name, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken)
    {
        try
        {
            return Single(name, await _client.GetAsync(name, Text(metadata, "version_id"), cancellationToken));
        }
        catch (AzureServiceException fault) when (fault.Status == (int)HttpStatusCode.NotFound)
        {
            throw new SecretNotFoundException(fault.Message, fault);
        }
    }

    public async ValueTask<IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>> GetAllAsync(IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken)
    {
        var names = await ListAsync(ReadLimit(metadata), cancellationToken);
        var values = new string?[names.Count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = ReadsAtOnce, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, names.Count, options, async (index, token) => values[index] = await FindAsync(names[index], token));

        var all = new Dictionary<string, IReadOnlyDictionary<string, string>>(StringComparer.Ordinal);
        for (var index = 0; index < values.Length; index++)
        {
            if (values[index] is { } value)
            {
                all[names[index]] = Single(names[index], value);
            }
        }

        return all;
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<List<string>> ListAsync(int limit, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        await foreach (var name in _client.ListEnabledAsync(cancellationToken))
        {
            names.Add(name);
            if (names.Count == limit)
            {
                break;
            }
        }

        return names;
    }

    // Between the list and the read a secret can be deleted or disabled; then it is one that is not listed.
    private async Task<string?> FindAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return await _client.GetAsync(name, version: null, cancellationToken);
        }
        catch (AzureServiceException fault) when (fault.Status == (int)HttpStatusCode.NotFound || fault.Code == "SecretDisabled")
        {
            return null;
        }
    }

    /// <summary>The most secrets to give; what is not positive means all.</summary>
    private static int ReadLimit(IReadOnlyDictionary<string, string> metadata) =>
        Text(metadata, "maxresults") is not { } text ? 0
        : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var limit) ? limit
        : throw new FormatException("request metadata 'maxresults': expected a whole number");

    private static string? Text(IReadOnlyDictionary<string, string> metadata, string name) =>
        metadata.TryGetValue(name, out var value) && value.Length > 0 ? value : null;

    private static Dictionary<string, string> Single(string name, string value) => new(StringComparer.Ordinal) { [name] = value };
}
