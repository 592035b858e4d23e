using System.Globalization;

namespace Serverless.Components.Clients.AzureStorage.Blobs;

/// <summary>Signatures that let anyone read one blob.</summary>
/// <remarks>https://learn.microsoft.com/rest/api/storageservices/create-service-sas, "Version 2020-12-06 and later".</remarks>
internal static class BlobSas
{
    private const string Version = "2021-12-02";
    private const string Permissions = "r";
    private const string Resource = "b";

    /// <summary>The query, encoded and without a question mark; null when the account's key is not known.</summary>
    public static string? Create(StorageAccount account, string container, string name, DateTimeOffset expiresOn)
    {
        var expiry = expiresOn.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

        // Permissions, start, expiry, blob, stored policy, addresses, protocol, version, resource, snapshot, encryption scope, five headers.
        string[] fields = [Permissions, "", expiry, $"/blob/{account.Name}/{container}/{name}", "", "", "", Version, Resource, "", "", "", "", "", "", ""];
        return account.Credential?.Sign(string.Join('\n', fields)) is { } signature
            ? $"sv={Version}&se={Uri.EscapeDataString(expiry)}&sr={Resource}&sp={Permissions}&sig={Uri.EscapeDataString(signature)}"
            : null;
    }
}
