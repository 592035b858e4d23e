namespace Serverless.Components.Clients.AzureStorage.Tables;

/// <summary>The two keys of a row, which are its address.</summary>
internal readonly record struct TableKey(string PartitionKey, string RowKey);
