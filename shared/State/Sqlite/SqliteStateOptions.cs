using Serverless.Components.Registry;
using Serverless.Components.Settings;

namespace Serverless.Components.State.Sqlite;

/// <summary>Metadata of <c>state.sqlite</c>.</summary>
internal sealed record SqliteStateOptions
{
    // What a timer can wait, in whole days.
    private static readonly TimeSpan LongestInterval = TimeSpan.FromDays(49);

    /// <summary>The file, and how it is opened.</summary>
    public required SqliteConnectionSettings Connection { get; init; }

    /// <summary>How long a write may wait for its turn.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(20);

    public string TableName { get; init; } = "state";

    public string MetadataTableName { get; init; } = "metadata";

    /// <summary>Pause between removals of expired rows; null means that they stay.</summary>
    public TimeSpan? CleanupInterval { get; init; }

    /// <summary>Reads the component's metadata.</summary>
    /// <exception cref="ComponentException">It is not usable.</exception>
    public static SqliteStateOptions Read(ComponentMetadata metadata)
    {
        var binder = metadata.Bind();
        var connection = SqliteConnectionSettings.Read(binder);
        var timeout = binder.Duration("timeout", "timeoutInSeconds") ?? TimeSpan.FromSeconds(20);
        var tableName = SqliteConnectionSettings.ReadIdentifier(binder, "tableName", "state");
        var metadataTableName = SqliteConnectionSettings.ReadIdentifier(binder, "metadataTableName", "metadata");
        var cleanupInterval = binder.Duration("cleanupInterval", "cleanupIntervalInSeconds");
        if (timeout < TimeSpan.FromSeconds(1) || timeout.TotalMilliseconds > int.MaxValue)
        {
            binder.Fault("timeout", "at least 1s");
        }

        if (cleanupInterval > TimeSpan.Zero && (cleanupInterval < TimeSpan.FromMilliseconds(1) || cleanupInterval > LongestInterval))
        {
            binder.Fault("cleanupInterval", "0 (off) or from 1ms to 49 days (1176h)");
        }

        if (tableName.Equals(metadataTableName, StringComparison.OrdinalIgnoreCase))
        {
            binder.Fault("metadataTableName", "another name than that of 'tableName'");
        }

        binder.ThrowIfFaulty();
        return new SqliteStateOptions
        {
            Connection = connection!,
            Timeout = timeout,
            TableName = tableName,
            MetadataTableName = metadataTableName,
            CleanupInterval = cleanupInterval > TimeSpan.Zero ? cleanupInterval : null,
        };
    }
}
