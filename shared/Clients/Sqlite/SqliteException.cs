namespace Serverless.Components.Clients.Sqlite;

/// <summary>A call that SQLite refused.</summary>
internal sealed class SqliteException(SqliteCode code, int extendedCode, string message) : Exception(message)
{
    public SqliteCode Code => code;

    /// <summary>The extended code, for example 2570 for an I/O error while the disk synchronises.</summary>
    public int ExtendedCode => extendedCode;

    /// <summary>The same failure for another caller, so that no exception object is thrown twice.</summary>
    public SqliteException Copy() => new(code, extendedCode, Message);
}
