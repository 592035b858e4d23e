using System.Collections;

namespace Serverless.Functions.Hosting;

/// <summary>The environment variables, read once.</summary>
internal sealed class ProcessEnvironment(IReadOnlyDictionary<string, string> variables)
{
    /// <summary>All variables.</summary>
    public IEnumerable<KeyValuePair<string, string>> Variables => variables;

    /// <summary>Takes a copy of the process's variables.</summary>
    public static ProcessEnvironment Read()
    {
        // Windows ignores the case of names; everything else does not.
        var copy = new Dictionary<string, string>(OperatingSystem.IsWindows() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
#pragma warning disable RS0030 // The one place that reads the environment.
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
#pragma warning restore RS0030
        {
            copy[(string)variable.Key] = (string?)variable.Value ?? "";
        }

        return new ProcessEnvironment(copy);
    }

    /// <summary>The value as it is, or null when there is none.</summary>
    public string? Find(string name) => variables.GetValueOrDefault(name);

    /// <summary>The value, or null when there is none or it is empty.</summary>
    public string? Text(string name) => variables.TryGetValue(name, out var value) && value.Length > 0 ? value : null;
}
