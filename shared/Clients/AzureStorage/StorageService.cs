namespace Serverless.Components.Clients.AzureStorage;

/// <summary>The services of a storage account.</summary>
internal enum StorageService
{
    Blob,
    Queue,
    Table,
}
