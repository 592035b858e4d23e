namespace Serverless.Components.Clients.Sqlite;

/// <summary>How to open a database.</summary>
internal sealed record SqliteSettings
{
    public required SqliteSource Source { get; init; }

    /// <summary>Who opens it. One that is open already under the same name is being replaced.</summary>
    public string Owner { get; init; } = "";

    /// <summary>How long a call waits for a lock of another process.</summary>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>False for the rollback journal, which network file systems need.</summary>
    public bool UseWal { get; init; } = true;

    /// <summary>Most connections that read at the same time.</summary>
    public int Readers { get; init; } = Math.Max(4, Environment.ProcessorCount * 2);

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>What can't be had while the file is open with the settings of others.</summary>
    public SqliteDifference Compare(SqliteSettings others)
    {
        var difference = UseWal == others.UseWal || Source.IsReadOnly ? SqliteDifference.None : SqliteDifference.Journal;
        if (!Source.Pragmas.SequenceEqual(others.Source.Pragmas, StringComparer.OrdinalIgnoreCase))
        {
            difference |= SqliteDifference.Pragmas;
        }

        if (!OpenParameters(Source).SequenceEqual(OpenParameters(others.Source)))
        {
            difference |= SqliteDifference.Parameters;
        }

        return difference;
    }

    // The mode is settled by then: the file is there, and read-only users have connections of their own.
    private static IEnumerable<string> OpenParameters(SqliteSource source) => source.Parameters.Where(item => !item.StartsWith("mode=", StringComparison.Ordinal));
}
