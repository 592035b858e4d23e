namespace Serverless.Components.Clients.AzureStorage;

/// <summary>The services of a storage account.</summary>
internal enum StorageService
{
    Blob,
    Queue,
    Table,

    /// <summary>Tables in Cosmos DB, which speak the protocol of <see cref="Table"/> at an address of their own.</summary>
    CosmosTable,
}
