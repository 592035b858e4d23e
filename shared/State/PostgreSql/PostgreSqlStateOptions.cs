using System.Text.RegularExpressions;
using Serverless.Components.Clients.PostgreSql;
using Serverless.Components.Registry;
using Serverless.Components.Settings;

namespace Serverless.Components.State.PostgreSql;

/// <summary>Metadata of <c>state.postgresql</c> v2.</summary>
internal sealed partial record PostgreSqlStateOptions
{
    // What a timer can wait, in whole days.
    private static readonly TimeSpan LongestInterval = TimeSpan.FromDays(49);
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromDays(1);

    /// <summary>What all PostgreSQL components share.</summary>
    public required PostgreSqlOptions PostgreSql { get; init; }

    /// <summary>How long one operation may take, the way to a connection included.</summary>
    public TimeSpan Timeout { get; init; }

    /// <summary>What stands before <c>state</c> in the table's name: a schema with its dot, a prefix, or both.</summary>
    public required string TablePrefix { get; init; }

    /// <summary>The table of the migration level and the last cleanup.</summary>
    public required string MetadataTable { get; init; }

    /// <summary>The table of the entries.</summary>
    public string StateTable => TablePrefix + "state";

    /// <summary>Pause between removals of expired rows; null means that they stay.</summary>
    public TimeSpan? CleanupInterval { get; init; }

    /// <summary>Reads the component's metadata.</summary>
    /// <exception cref="ComponentException">It is not usable.</exception>
    public static PostgreSqlStateOptions Read(ComponentContext context)
    {
        var binder = context.Metadata.Bind();
        var timeout = binder.Duration("timeout", "timeoutInSeconds") ?? TimeSpan.FromSeconds(20);
        if (timeout < TimeSpan.FromSeconds(1) || timeout > LongestTimeout)
        {
            binder.Fault("timeout", "from 1s to 24h");
        }

        var prefix = binder.Text("tablePrefix") ?? "";
        if (!Prefix().IsMatch(prefix))
        {
            binder.Fault("tablePrefix", "the beginning of a name (letters, digits, _ and $), a schema with a dot behind it, or both");
        }

        var metadataTable = binder.Text("metadataTableName") ?? "dapr_metadata";
        if (!Name().IsMatch(metadataTable))
        {
            binder.Fault("metadataTableName", "a name (letters, digits, _ and $), or a schema, a dot and a name");
        }

        var options = new PostgreSqlStateOptions
        {
            PostgreSql = PostgreSqlSettings.Read(binder, context, timeout)!,
            Timeout = timeout,
            TablePrefix = prefix,
            MetadataTable = metadataTable,
            CleanupInterval = ReadCleanupInterval(binder),
        };
        binder.ThrowIfFaulty();
        return options;
    }

    // 0 and everything below switch it off.
    private static TimeSpan? ReadCleanupInterval(MetadataBinder binder)
    {
        var name = binder.Text("cleanupInterval") is null ? "cleanupIntervalInSeconds" : "cleanupInterval";
        if (binder.Text(name) is not { } text)
        {
            return TimeSpan.FromHours(1);
        }

        if (!DaprText.TryParseDuration(text, TimeSpan.FromSeconds(1), out var interval)
            || (interval > TimeSpan.Zero && (interval < TimeSpan.FromMilliseconds(1) || interval > LongestInterval)))
        {
            binder.Fault(name, "a duration from 1ms to 49 days (1176h), or 0 (off)");
            return null;
        }

        return interval > TimeSpan.Zero ? interval : null;
    }

    // Names go into the statements as they are, so that the server folds their case as it does for daprd; a quoted part stays as it is.
    [GeneratedRegex("""^(([\p{L}_][\p{L}\p{Nd}_$]*|"([^"\0]|"")+")\.)?([\p{L}_][\p{L}\p{Nd}_$]*|"([^"\0]|"")+")\z""")]
    private static partial Regex Name();

    [GeneratedRegex("""^(([\p{L}_][\p{L}\p{Nd}_$]*|"([^"\0]|"")+")\.)?([\p{L}_][\p{L}\p{Nd}_$]*)?\z""")]
    private static partial Regex Prefix();
}
