namespace Serverless.Components.Clients.AzureStorage.Tables;

/// <summary>Where the next page begins, as the service says it.</summary>
/// <param name="PartitionKey">Not a key, and opaque.</param>
/// <param name="RowKey">The same; null when the service gave none.</param>
internal readonly record struct TableContinuation(string PartitionKey, string? RowKey);
