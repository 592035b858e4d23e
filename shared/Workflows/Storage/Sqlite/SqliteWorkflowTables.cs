namespace Serverless.Components.Workflows.Storage.Sqlite;

/// <summary>The tables' names, and the number by which rows say whose they are.</summary>
internal sealed class SqliteWorkflowTables(string prefix)
{
    /// <summary>The app's number, once the tables are there.</summary>
    public long App { get; set; }

    public string Metadata { get; } = $"\"{prefix}metadata\"";

    public string Apps { get; } = $"\"{prefix}apps\"";

    public string Instances { get; } = $"\"{prefix}instances\"";

    public string History { get; } = $"\"{prefix}history\"";

    public string Inbox { get; } = $"\"{prefix}inbox\"";

    public string Work { get; } = $"\"{prefix}work\"";

    public string Sessions { get; } = $"\"{prefix}sessions\"";

    public string Payloads { get; } = $"\"{prefix}payloads\"";

    /// <summary>The name of an index.</summary>
    public string Index(string name) => $"\"{prefix}{name}\"";
}
