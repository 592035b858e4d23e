namespace Serverless.Components.Clients.AzureStorage.Tables;

/// <summary>A property of a row; other than the two keys, <c>Timestamp</c> and the ETag.</summary>
internal readonly record struct TableProperty(string Name, TableValue Value);
