namespace Serverless.Components.Clients.Sqlite;

/// <summary>Primary result codes. https://sqlite.org/rescode.html</summary>
internal enum SqliteCode
{
    Ok = 0,
    Error = 1,
    Busy = 5,
    Locked = 6,
    ReadOnly = 8,
    IOError = 10,
    Corrupt = 11,
    Full = 13,
    CantOpen = 14,
    Constraint = 19,
    NotADatabase = 26,
    Row = 100,
    Done = 101,
}
