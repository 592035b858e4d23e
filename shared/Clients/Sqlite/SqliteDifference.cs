namespace Serverless.Components.Clients.Sqlite;

/// <summary>Settings in which a user of a database contradicts those who have it open.</summary>
[Flags]
internal enum SqliteDifference
{
    None = 0,
    Journal = 1,
    Pragmas = 2,
    Parameters = 4,
}
