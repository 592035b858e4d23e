namespace Serverless.Components.Clients.AzureStorage;

/// <summary>One service of one storage account, and how to be let in.</summary>
/// <param name="Name">The account.</param>
/// <param name="Endpoint">The service's address, with the account in host or path and no slash at its end.</param>
/// <param name="Credential">What proves who asks; null asks without proof.</param>
internal sealed record StorageAccount(string Name, Uri Endpoint, StorageCredential? Credential);
