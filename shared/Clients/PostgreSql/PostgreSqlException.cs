namespace Serverless.Components.Clients.PostgreSql;

/// <summary>An operation failed. The message names the server, says what went wrong and, of a write, what became of it.</summary>
internal sealed class PostgreSqlException(string message, Exception? innerException) : Exception(message, innerException);
