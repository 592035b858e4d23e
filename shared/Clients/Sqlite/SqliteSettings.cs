namespace Serverless.Components.Clients.Sqlite;

/// <summary>How to open a database.</summary>
internal sealed record SqliteSettings
{
    public required SqliteSource Source { get; init; }

    /// <summary>How long a call waits for a lock of another process.</summary>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>False for the rollback journal, which network file systems need.</summary>
    public bool UseWal { get; init; } = true;

    /// <summary>Most connections that read at the same time.</summary>
    public int Readers { get; init; } = Math.Max(4, Environment.ProcessorCount * 2);
}
