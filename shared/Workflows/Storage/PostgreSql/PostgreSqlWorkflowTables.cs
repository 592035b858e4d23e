namespace Serverless.Components.Workflows.Storage.PostgreSql;

/// <summary>The names of tables and functions, and the number by which rows say whose they are.</summary>
internal sealed class PostgreSqlWorkflowTables(string prefix)
{
    /// <summary>The level of the tables and of the functions on them.</summary>
    public const int Level = 1;

    /// <summary>The app's number, once the tables are there.</summary>
    public long App { get; set; }

    /// <summary>How the names begin.</summary>
    public string Prefix => prefix;

    public string Metadata { get; } = $"{prefix}metadata";

    public string Apps { get; } = $"{prefix}apps";

    public string Instances { get; } = $"{prefix}instances";

    public string History { get; } = $"{prefix}history";

    public string Inbox { get; } = $"{prefix}inbox";

    public string Work { get; } = $"{prefix}work";

    public string Sessions { get; } = $"{prefix}sessions";

    public string Payloads { get; } = $"{prefix}payloads";

    /// <summary>The name of a function. It holds the level, so that processes of two versions of this program can share the tables.</summary>
    public string Function(string name) => $"{prefix}{name}_{Level}";
}
