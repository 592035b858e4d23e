using System.Net;
using Serverless.Components.Clients.AzureRest;

namespace Serverless.Components.Clients.AzureKeyVault.Keys;

/// <summary>A vault's keys: made, read and used for signatures there.</summary>
/// <remarks>
/// Microsoft docs: rest/api/keyvault/keys. Every operation throws <see cref="FormatException"/> for a name or version that can't be,
/// <see cref="AzureServiceException"/> for a refusal and <see cref="AzureConnectionException"/> when there is no answer.
/// </remarks>
internal sealed class KeyVaultKeyClient : IDisposable
{
    private readonly KeyVaultRestClient _client;
    private readonly KeyRequests _requests;

    public KeyVaultKeyClient(KeyVaultOptions options)
    {
        _client = new KeyVaultRestClient(options);
        _requests = new KeyRequests(_client);
    }

    /// <summary>A version, or the latest; null when there is none.</summary>
    public Task<KeyVaultKey?> GetAsync(string name, string? version, CancellationToken cancellationToken) =>
        _client.FindAsync(_requests.CreateGetMessage(name, version), $"get key '{name}'", KeyVaultJson.Default.KeyVaultKey, cancellationToken);

    /// <summary>All versions, in no order.</summary>
    public IAsyncEnumerable<KeyItem> ListVersionsAsync(string name, CancellationToken cancellationToken) =>
        _client.ListAsync(() => _requests.CreateVersionsMessage(name), $"list versions of key '{name}'", KeyVaultJson.Default.KeyVaultPageKeyItem, cancellationToken);

    /// <summary>Makes a key, or a new version of one; repeated only when it was certainly not executed.</summary>
    public Task<KeyVaultKey> CreateAsync(string name, KeyCreation creation, CancellationToken cancellationToken) =>
        _client.SendAsync(_requests.CreateCreateMessage(name, creation), HttpStatusCode.OK, $"create key '{name}'", KeyVaultJson.Default.KeyVaultKey, cancellationToken);

    /// <summary>Signs a digest with a given version, so that a rotation between two signatures is not missed.</summary>
    /// <exception cref="ArgumentException">The digest is not as long as the algorithm's.</exception>
    public Task<KeySignature> SignAsync(string name, string version, KeySignatureAlgorithm algorithm, byte[] digest, CancellationToken cancellationToken) =>
        _client.SendAsync(
            _requests.CreateSignMessage(name, version, algorithm, digest), HttpStatusCode.OK, $"sign with key '{name}'", KeyVaultJson.Default.KeySignature, cancellationToken);

    /// <summary>Lets the vault check a signature; <see cref="JsonWebKey.Verify"/> does without it.</summary>
    /// <exception cref="ArgumentException">The digest is not as long as the algorithm's.</exception>
    public async Task<bool> VerifyAsync(string name, string version, KeySignatureAlgorithm algorithm, byte[] digest, byte[] signature, CancellationToken cancellationToken)
    {
        var message = _requests.CreateVerifyMessage(name, version, algorithm, digest, signature);
        return (await _client.SendAsync(message, HttpStatusCode.OK, $"verify with key '{name}'", KeyVaultJson.Default.KeyVerification, cancellationToken)).IsValid;
    }

    public void Dispose() => _client.Dispose();
}
