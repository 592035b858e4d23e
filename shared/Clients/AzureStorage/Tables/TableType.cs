namespace Serverless.Components.Clients.AzureStorage.Tables;

/// <summary>The types of a property.</summary>
internal enum TableType
{
    String,
    Int32,
    Int64,
    Double,
    Boolean,
    DateTime,
    Guid,
    Binary,
}
