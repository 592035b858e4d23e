using Azure.Core;
using Serverless.Components.Clients.AzureRest;

namespace Serverless.Components.Clients.AzureKeyVault.Certificates;

/// <summary>The requests of <see cref="KeyVaultCertificateClient"/>.</summary>
/// <remarks>Microsoft docs: rest/api/keyvault/certificates. What writes is not repeated in doubt: it could make a version too many, or end a stranger's operation.</remarks>
internal sealed class CertificateRequests(KeyVaultRestClient client)
{
    public HttpMessage CreateCreateMessage(string name, CertificateCreation creation) =>
        client.CreateMessage(RequestMethod.Post, RepeatRule.IfNotExecuted, $"{Path(name)}/create", creation, KeyVaultJson.Default.CertificateCreation);

    public HttpMessage CreateGetPendingMessage(string name) => Read($"{Path(name)}/pending");

    public HttpMessage CreateCancelPendingMessage(string name) => client.CreateMessage(
        RequestMethod.Patch, RepeatRule.IfNotExecuted, $"{Path(name)}/pending", new CertificateCancellation(true), KeyVaultJson.Default.CertificateCancellation);

    public HttpMessage CreateDeletePendingMessage(string name) => client.CreateMessage(RequestMethod.Delete, RepeatRule.IfNotExecuted, $"{Path(name)}/pending");

    public HttpMessage CreateMergeMessage(string name, CertificateMerge merge) =>
        client.CreateMessage(RequestMethod.Post, RepeatRule.IfNotExecuted, $"{Path(name)}/pending/merge", merge, KeyVaultJson.Default.CertificateMerge);

    public HttpMessage CreateImportMessage(string name, CertificateImport import) =>
        client.CreateMessage(RequestMethod.Post, RepeatRule.IfNotExecuted, $"{Path(name)}/import", import, KeyVaultJson.Default.CertificateImport);

    public HttpMessage CreateGetMessage(string name, string? version) => Read(version is null ? Path(name) : Path(name, version));

    public HttpMessage CreateListMessage() => Read("/certificates");

    public HttpMessage CreateVersionsMessage(string name) => Read($"{Path(name)}/versions");

    public HttpMessage CreateGetPolicyMessage(string name) => Read($"{Path(name)}/policy");

    public HttpMessage CreateUpdateMessage(string name, string version, CertificateUpdate update) =>
        client.CreateMessage(RequestMethod.Patch, RepeatRule.IfNotExecuted, Path(name, version), update, KeyVaultJson.Default.CertificateUpdate);

    public HttpMessage CreateDeleteMessage(string name) => client.CreateMessage(RequestMethod.Delete, RepeatRule.IfNotExecuted, Path(name));

    public HttpMessage CreateGetDeletedMessage(string name) => Read(DeletedPath(name));

    public HttpMessage CreateRecoverMessage(string name) => client.CreateMessage(RequestMethod.Post, RepeatRule.IfNotExecuted, $"{DeletedPath(name)}/recover");

    public HttpMessage CreatePurgeMessage(string name) => client.CreateMessage(RequestMethod.Delete, RepeatRule.IfNotExecuted, DeletedPath(name));

    private HttpMessage Read(string path) => client.CreateMessage(RequestMethod.Get, RepeatRule.Freely, path);

    private static string Path(string name) => $"/certificates/{KeyVaultAddress.CheckName(name)}";

    private static string Path(string name, string version) => $"{Path(name)}/{KeyVaultAddress.CheckVersion(version)}";

    private static string DeletedPath(string name) => $"/deletedcertificates/{KeyVaultAddress.CheckName(name)}";
}
