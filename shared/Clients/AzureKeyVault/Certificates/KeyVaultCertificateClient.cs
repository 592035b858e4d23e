using System.Net;
using Serverless.Components.Clients.AzureRest;

namespace Serverless.Components.Clients.AzureKeyVault.Certificates;

/// <summary>A vault's certificates.</summary>
/// <remarks>
/// Microsoft docs: rest/api/keyvault/certificates. Every operation throws <see cref="FormatException"/> for a name or version that can't
/// be, <see cref="AzureServiceException"/> for a refusal and <see cref="AzureConnectionException"/> when there is no answer. What writes
/// is repeated only when it was certainly not executed.
/// </remarks>
internal sealed class KeyVaultCertificateClient : IDisposable
{
    private readonly KeyVaultRestClient _client;
    private readonly CertificateRequests _requests;

    public KeyVaultCertificateClient(KeyVaultOptions options)
    {
        _client = new KeyVaultRestClient(options);
        _requests = new CertificateRequests(_client);
    }

    /// <summary>Begins to make a certificate, or a new version of one. While one is being made another is refused (409).</summary>
    public Task<CertificateOperation> CreateAsync(string name, CertificateCreation creation, CancellationToken cancellationToken) => _client.SendAsync(
        _requests.CreateCreateMessage(name, creation), HttpStatusCode.Accepted, $"create certificate '{name}'", KeyVaultJson.Default.CertificateOperation, cancellationToken);

    /// <summary>How the making stands; null when nothing is being made.</summary>
    public Task<CertificateOperation?> GetPendingAsync(string name, CancellationToken cancellationToken) => _client.FindAsync(
        _requests.CreateGetPendingMessage(name), $"get pending certificate '{name}'", KeyVaultJson.Default.CertificateOperation, cancellationToken);

    /// <summary>Asks again and again until the making is completed, cancelled or failed; null when nothing is being made.</summary>
    /// <param name="name">The certificate.</param>
    /// <param name="pause">Between two questions; Key Vault recommends 10 s.</param>
    /// <param name="cancellationToken">Ends the waiting, which is else unbounded.</param>
    public async Task<CertificateOperation?> WaitForPendingAsync(string name, TimeSpan pause, CancellationToken cancellationToken)
    {
        while (await GetPendingAsync(name, cancellationToken) is { } operation)
        {
            if (!operation.IsInProgress)
            {
                return operation;
            }

            await Task.Delay(pause, _client.Time, cancellationToken);
        }

        return null;
    }

    /// <summary>Asks the issuer to give up; the operation stays, as cancelled, until it is deleted.</summary>
    public Task<CertificateOperation> CancelPendingAsync(string name, CancellationToken cancellationToken) => _client.SendAsync(
        _requests.CreateCancelPendingMessage(name), HttpStatusCode.OK, $"cancel pending certificate '{name}'", KeyVaultJson.Default.CertificateOperation, cancellationToken);

    /// <summary>Forgets the making, with its key, whoever began it.</summary>
    public Task<CertificateOperation> DeletePendingAsync(string name, CancellationToken cancellationToken) => _client.SendAsync(
        _requests.CreateDeletePendingMessage(name), HttpStatusCode.OK, $"delete pending certificate '{name}'", KeyVaultJson.Default.CertificateOperation, cancellationToken);

    /// <summary>Completes the making with a certificate that someone else signed. Whoever is in doubt whether it was executed gets the certificate and compares.</summary>
    public Task<CertificateBundle> MergeAsync(string name, CertificateMerge merge, CancellationToken cancellationToken) => _client.SendAsync(
        _requests.CreateMergeMessage(name, merge), HttpStatusCode.Created, $"merge certificate '{name}'", KeyVaultJson.Default.CertificateBundle, cancellationToken);

    /// <summary>Brings a certificate and its key along, as a new version.</summary>
    public Task<CertificateBundle> ImportAsync(string name, CertificateImport import, CancellationToken cancellationToken) => _client.SendAsync(
        _requests.CreateImportMessage(name, import), HttpStatusCode.OK, $"import certificate '{name}'", KeyVaultJson.Default.CertificateBundle, cancellationToken);

    /// <summary>A version, or the latest; null when there is none.</summary>
    public Task<CertificateBundle?> GetAsync(string name, string? version, CancellationToken cancellationToken) => _client.FindAsync(
        _requests.CreateGetMessage(name, version), $"get certificate '{name}'", KeyVaultJson.Default.CertificateBundle, cancellationToken);

    /// <summary>All certificates, without their versions.</summary>
    public IAsyncEnumerable<CertificateItem> ListAsync(CancellationToken cancellationToken) => _client.ListAsync(
        _requests.CreateListMessage, "list certificates", KeyVaultJson.Default.KeyVaultPageCertificateItem, cancellationToken);

    /// <summary>All versions of a certificate, in no order.</summary>
    public IAsyncEnumerable<CertificateItem> ListVersionsAsync(string name, CancellationToken cancellationToken) => _client.ListAsync(
        () => _requests.CreateVersionsMessage(name), $"list versions of certificate '{name}'", KeyVaultJson.Default.KeyVaultPageCertificateItem, cancellationToken);

    /// <summary>How the next version would be made; null when there is no such certificate.</summary>
    public Task<CertificatePolicy?> GetPolicyAsync(string name, CancellationToken cancellationToken) => _client.FindAsync(
        _requests.CreateGetPolicyMessage(name), $"get policy of certificate '{name}'", KeyVaultJson.Default.CertificatePolicy, cancellationToken);

    /// <summary>Changes attributes and tags of a version.</summary>
    public Task<CertificateBundle> UpdateAsync(string name, string version, CertificateUpdate update, CancellationToken cancellationToken) => _client.SendAsync(
        _requests.CreateUpdateMessage(name, version, update), HttpStatusCode.OK, $"update certificate '{name}'", KeyVaultJson.Default.CertificateBundle, cancellationToken);

    /// <summary>Deletes all versions. The name is taken until they are recovered or purged; both take a while to be seen.</summary>
    public Task<DeletedCertificate> DeleteAsync(string name, CancellationToken cancellationToken) => _client.SendAsync(
        _requests.CreateDeleteMessage(name), HttpStatusCode.OK, $"delete certificate '{name}'", KeyVaultJson.Default.DeletedCertificate, cancellationToken);

    /// <summary>A deleted certificate; null when there is none, or its deletion is not yet seen.</summary>
    public Task<DeletedCertificate?> GetDeletedAsync(string name, CancellationToken cancellationToken) => _client.FindAsync(
        _requests.CreateGetDeletedMessage(name), $"get deleted certificate '{name}'", KeyVaultJson.Default.DeletedCertificate, cancellationToken);

    /// <summary>Undoes a deletion.</summary>
    public Task<CertificateBundle> RecoverAsync(string name, CancellationToken cancellationToken) => _client.SendAsync(
        _requests.CreateRecoverMessage(name), HttpStatusCode.OK, $"recover certificate '{name}'", KeyVaultJson.Default.CertificateBundle, cancellationToken);

    /// <summary>Makes a deletion final.</summary>
    public Task PurgeAsync(string name, CancellationToken cancellationToken) =>
        _client.SendAsync(_requests.CreatePurgeMessage(name), HttpStatusCode.NoContent, $"purge certificate '{name}'", cancellationToken);

    public void Dispose() => _client.Dispose();
}
