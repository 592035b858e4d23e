namespace Serverless.Components.Clients.Sqlite;

/// <summary>Primary result codes. https://sqlite.org/rescode.html</summary>
internal enum SqliteCode
{
    Ok = 0,
    Error = 1,
    Busy = 5,
    ReadOnly = 8,
    Constraint = 19,
    Row = 100,
    Done = 101,
}
