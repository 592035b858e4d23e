using System.Text.Json;
using System.Text.Json.Nodes;

namespace Serverless.Functions.Triggers.Generation;

/// <summary>A publish output: host.json and its function folders.</summary>
internal static class TriggerPackage
{
    private const string HostFile = "host.json";
    private const string FunctionFile = "function.json";

    /// <summary>Makes the folder hold exactly the plan's generated functions; a second run changes nothing.</summary>
    /// <exception cref="GenerationException">The folder is no publish output, or a name is taken by another function.</exception>
    public static async Task WriteAsync(string folder, TriggerPlan plan, CancellationToken cancellationToken)
    {
        var hostFile = Path.Combine(folder, HostFile);
        if (!File.Exists(hostFile))
        {
            throw new GenerationException($"'{folder}' holds no {HostFile}: --output must name a publish output");
        }

        var generated = Existing(folder, plan);
        foreach (var stale in generated.Where(name => plan.Functions.All(function => function.Name != name)))
        {
            Remove(Path.Combine(folder, stale));
        }

        foreach (var function in plan.Functions)
        {
            Directory.CreateDirectory(Path.Combine(folder, function.Name));
            await WriteIfDifferentAsync(Path.Combine(folder, function.Name, FunctionFile), function.ToJson(), cancellationToken);
        }

        await WriteIfDifferentAsync(hostFile, HostFileText.With(await File.ReadAllTextAsync(hostFile, cancellationToken), plan), cancellationToken);
    }

    // The folders that an earlier run made.
    private static List<string> Existing(string folder, TriggerPlan plan)
    {
        var generated = new List<string>();
        foreach (var path in Directory.EnumerateDirectories(folder))
        {
            var name = Path.GetFileName(path);
            if (IsGenerated(Path.Combine(path, FunctionFile)))
            {
                generated.Add(name);
            }
            else if (plan.Functions.FirstOrDefault(function => function.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } function)
            {
                throw new GenerationException($"component '{function.Component}': the folder '{name}' of its function is there already and not generated: rename one of them");
            }
        }

        return generated;
    }

    private static bool IsGenerated(string file)
    {
        try
        {
            return File.Exists(file) && JsonNode.Parse(File.ReadAllBytes(file)) is JsonObject root
                && root[TriggerNames.GeneratedBy] is JsonValue value && value.TryGetValue<string>(out var by) && by == TriggerNames.Generator;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static void Remove(string folder)
    {
        File.Delete(Path.Combine(folder, FunctionFile));
        if (!Directory.EnumerateFileSystemEntries(folder).Any())
        {
            Directory.Delete(folder);
        }
    }

    private static async Task WriteIfDifferentAsync(string path, string text, CancellationToken cancellationToken)
    {
        if (!File.Exists(path) || await File.ReadAllTextAsync(path, cancellationToken) != text)
        {
            await File.WriteAllTextAsync(path, text, cancellationToken);
        }
    }
}
