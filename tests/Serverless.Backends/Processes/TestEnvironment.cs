namespace Serverless.Backends.Processes;

/// <summary>What the tests take from the machine they run on, read in this one place.</summary>
public static class TestEnvironment
{
    private static readonly string[] Inherited = ["PATH", "HOME", "DOTNET_ROOT", "LANG", "TMPDIR", "USER"];

    /// <summary>The folder that holds <c>Serverless.sln</c>.</summary>
    public static string RepositoryRoot { get; } = FindRepositoryRoot();

    /// <summary>True on a build machine: what is missing there is a failure.</summary>
    public static bool IsCi => string.Equals(Read("CI"), "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>The folder of an app published by the caller, or null.</summary>
    public static string? PublishedApp => Read("SERVERLESS_DAPR_APP");

    /// <summary>Just enough for a process to run: nothing of Dapr, .NET diagnostics or the Functions host leaks in.</summary>
    public static IReadOnlyDictionary<string, string> Clean { get; } = Inherited
        .Select(name => (Name: name, Value: Read(name)))
        .Where(variable => variable.Value is not null)
        .ToDictionary(variable => variable.Name, variable => variable.Value!, StringComparer.Ordinal);

#pragma warning disable RS0030 // the one place where the tests read the environment
    private static string? Read(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
#pragma warning restore RS0030

    private static string FindRepositoryRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Serverless.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("Serverless.sln was not found above the test assembly");
    }
}
