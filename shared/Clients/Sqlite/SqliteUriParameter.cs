namespace Serverless.Components.Clients.Sqlite;

/// <summary>One part of a connection string's query.</summary>
internal sealed record SqliteUriParameter(string Name, string Value);
