using Serverless.Components.Clients.Sqlite;
using Serverless.Components.Registry;

namespace Serverless.Components.State.Sqlite;

/// <summary>Metadata of <c>state.sqlite</c>.</summary>
internal sealed record SqliteStateOptions
{
    // What a timer can wait, in whole days.
    private static readonly TimeSpan LongestInterval = TimeSpan.FromDays(49);

    public required SqliteSource Source { get; init; }

    /// <summary>How long a write may wait for its turn.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(20);

    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(2);

    public bool DisableWal { get; init; }

    public string TableName { get; init; } = "state";

    public string MetadataTableName { get; init; } = "metadata";

    /// <summary>Pause between removals of expired rows; null means that they stay.</summary>
    public TimeSpan? CleanupInterval { get; init; }

    /// <summary>Reads the component's metadata.</summary>
    /// <exception cref="ComponentException">It is not usable.</exception>
    public static SqliteStateOptions Read(ComponentMetadata metadata)
    {
        var binder = metadata.Bind();
        var source = ReadSource(binder);
        var timeout = binder.Duration("timeout", "timeoutInSeconds") ?? TimeSpan.FromSeconds(20);
        var busyTimeout = binder.Duration("busyTimeout") ?? TimeSpan.FromSeconds(2);
        var tableName = ReadIdentifier(binder, "tableName", "state");
        var metadataTableName = ReadIdentifier(binder, "metadataTableName", "metadata");
        var cleanupInterval = binder.Duration("cleanupInterval", "cleanupIntervalInSeconds");
        if (timeout < TimeSpan.FromSeconds(1) || timeout.TotalMilliseconds > int.MaxValue)
        {
            binder.Fault("timeout", "at least 1s");
        }

        if (busyTimeout.TotalMilliseconds > int.MaxValue)
        {
            binder.Fault("busyTimeout", "at most 24 days");
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
            Source = source!,
            Timeout = timeout,
            BusyTimeout = busyTimeout,
            DisableWal = binder.Boolean("disableWAL", false),
            TableName = tableName,
            MetadataTableName = metadataTableName,
            CleanupInterval = cleanupInterval > TimeSpan.Zero ? cleanupInterval : null,
        };
    }

    private static SqliteSource? ReadSource(MetadataBinder binder)
    {
        if (binder.Text("connectionString", "url") is not { } text)
        {
            binder.Fault("connectionString", "a value (it is required)");
            return null;
        }

        try
        {
            return SqliteSource.Parse(text);
        }
        catch (FormatException fault)
        {
            binder.Fault("connectionString", fault.Message);
            return null;
        }
    }

    private static string ReadIdentifier(MetadataBinder binder, string name, string fallback)
    {
        var value = binder.Text(name) ?? fallback;
        if (value.Any(character => !char.IsAsciiLetterOrDigit(character) && character != '_'))
        {
            binder.Fault(name, "letters A-Z, digits and _ only");
        }

        return value;
    }
}
