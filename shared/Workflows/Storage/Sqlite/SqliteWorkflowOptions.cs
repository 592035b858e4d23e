using Serverless.Components.Clients.Sqlite;
using Serverless.Components.Registry;
using Serverless.Components.Settings;

namespace Serverless.Components.Workflows.Storage.Sqlite;

/// <summary>What a state store's metadata says of the workflows that are kept beside its state.</summary>
internal sealed record SqliteWorkflowOptions
{
    /// <summary>The file, and how it is opened.</summary>
    public required SqliteConnectionSettings Connection { get; init; }

    /// <summary>How the tables' names begin.</summary>
    public string TablePrefix { get; init; } = "workflow_";

    /// <summary>Reads the component's metadata.</summary>
    /// <exception cref="ComponentException">It is not usable.</exception>
    public static SqliteWorkflowOptions Read(ComponentMetadata metadata)
    {
        var binder = metadata.Bind();
        var connection = SqliteConnectionSettings.Read(binder);
        var prefix = SqliteConnectionSettings.ReadIdentifier(binder, "workflowTablePrefix", "workflow_");
        if (connection is { Source.IsReadOnly: true })
        {
            binder.Fault("connectionString", "a file that may be written, because workflows are kept in it");
        }

        binder.ThrowIfFaulty();
        return new SqliteWorkflowOptions { Connection = connection!, TablePrefix = prefix };
    }

    /// <summary>A database in memory, which lasts as long as the process.</summary>
    public static SqliteWorkflowOptions InMemory() => new() { Connection = new SqliteConnectionSettings { Source = SqliteSource.Parse(":memory:") } };
}
