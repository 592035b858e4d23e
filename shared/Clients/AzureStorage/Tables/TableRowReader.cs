namespace Serverless.Components.Clients.AzureStorage.Tables;

/// <summary>Makes something of the row that a reader stands before.</summary>
internal delegate T TableRowReader<out T>(ref TableEntityReader reader);
