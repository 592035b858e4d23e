using System.Text.Json;

namespace Serverless.Functions.Triggers;

/// <summary>Reads the generated functions of the package that runs.</summary>
internal static class TriggerFunctions
{
    /// <summary>The functions; empty where nothing was generated.</summary>
    /// <param name="root">The folder of host.json.</param>
    /// <param name="environment">Looks up the variables behind <c>%X%</c>.</param>
    /// <exception cref="IOException">A function.json can't be read.</exception>
    public static IReadOnlyList<TriggerFunction> Read(string root, Func<string, string?> environment)
    {
        if (root.Length == 0 || !Directory.Exists(root))
        {
            return [];
        }

        // By name, since every start pays for each file that is opened.
        string[] single = [TriggerNames.MinuteTimer, TriggerNames.WorkflowTurns, TriggerNames.WorkflowActivities, TriggerNames.WorkflowSweep];
        var folders = Directory.EnumerateDirectories(root, $"{TriggerNames.Prefix}*").Concat(single.Select(name => Path.Combine(root, name)));
        return [.. folders.Select(folder => Path.Combine(folder, "function.json")).Where(File.Exists).Select(file => Parse(file, environment)).OfType<TriggerFunction>()];
    }

    private static TriggerFunction? Parse(string file, Func<string, string?> environment)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(file));
            var root = json.RootElement;
            if (!root.TryGetProperty(TriggerNames.GeneratedBy, out var by) || !by.ValueEquals(TriggerNames.Generator))
            {
                return null;
            }

            var members = root.GetProperty("bindings")[0].EnumerateObject()
                .Where(static member => member.Value.ValueKind == JsonValueKind.String)
                .ToDictionary(static member => member.Name, member => Resolve(member.Value.GetString()!, environment), StringComparer.Ordinal);
            return new TriggerFunction(
                Path.GetFileName(Path.GetDirectoryName(file)!),
                root.TryGetProperty(TriggerNames.Component, out var component) ? component.GetString() : null,
                members["name"],
                members);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException or IndexOutOfRangeException)
        {
            throw new IOException($"{file}: no function.json that this app has generated: {exception.Message}", exception);
        }
    }

    private static string Resolve(string text, Func<string, string?> environment) =>
        text is ['%', .. { Length: > 1 } rest, '%'] ? environment(rest) ?? "" : text;
}
