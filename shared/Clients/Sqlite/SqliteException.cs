namespace Serverless.Components.Clients.Sqlite;

/// <summary>A call that SQLite refused.</summary>
internal sealed class SqliteException(SqliteCode code, string message) : Exception(message)
{
    public SqliteCode Code => code;

    /// <summary>The same failure for another caller, so that no exception object is thrown twice.</summary>
    public SqliteException Copy() => new(code, Message);
}
