namespace Serverless.Components.Clients.Sqlite;

/// <summary>The database is open with other settings, and they hold for all its users.</summary>
internal sealed class SqliteSharingException(SqliteDifference difference) : Exception($"open with another setting: {difference}")
{
    public SqliteDifference Difference => difference;
}
