using System.Text.RegularExpressions;
using Serverless.Components.Clients.PostgreSql;
using Serverless.Components.Registry;
using Serverless.Components.Settings;

namespace Serverless.Components.Workflows.Storage.PostgreSql;

/// <summary>What a state store's metadata says of the workflows that are kept beside its state.</summary>
internal sealed partial record PostgreSqlWorkflowOptions
{
    // More different statements than the state store has.
    private const int PreparedStatements = 32;
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromDays(1);

    /// <summary>What all PostgreSQL components share.</summary>
    public required PostgreSqlOptions PostgreSql { get; init; }

    /// <summary>How long one operation may take, the way to a connection included.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>How the names of tables and functions begin: a schema with its dot, a prefix, or both.</summary>
    public required string TablePrefix { get; init; }

    /// <summary>Reads the component's metadata.</summary>
    /// <exception cref="ComponentException">It is not usable.</exception>
    public static PostgreSqlWorkflowOptions Read(ComponentContext context)
    {
        var binder = context.Metadata.Bind();
        var timeout = binder.Duration("timeout", "timeoutInSeconds") ?? TimeSpan.FromSeconds(20);
        if (timeout < TimeSpan.FromSeconds(1) || timeout > LongestTimeout)
        {
            binder.Fault("timeout", "from 1s to 24h");
        }

        // Beside the state's table, if that is elsewhere than by default.
        var prefix = binder.Text("workflowTablePrefix") ?? binder.Text("tablePrefix") + "workflow_";
        if (!Prefix().IsMatch(prefix))
        {
            binder.Fault("workflowTablePrefix", "the beginning of a name (letters, digits, _ and $), with or without a schema and a dot before it");
        }

        var server = PostgreSqlSettings.Read(binder, context, timeout);
        binder.ThrowIfFaulty();
        if (server!.Connection.MaxAutoPrepare > 0)
        {
            server.Connection.MaxAutoPrepare = PreparedStatements;
        }

        return new PostgreSqlWorkflowOptions { PostgreSql = server, Timeout = timeout, TablePrefix = prefix };
    }

    // Names go into the statements as they are.
    [GeneratedRegex("""^(([\p{L}_][\p{L}\p{Nd}_$]*|"([^"\0]|"")+")\.)?[\p{L}_][\p{L}\p{Nd}_]*\z""")]
    private static partial Regex Prefix();
}
