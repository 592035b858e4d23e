using System.Text.Json.Nodes;

namespace Serverless.IntegrationTests.HostEmulator;

/// <summary>App settings that override host.json: <c>AzureFunctionsJobHost__customHandler__description__arguments=["--x"]</c>.</summary>
internal static class HostFileOverrides
{
    private const string Prefix = "AzureFunctionsJobHost__";

    public static void Apply(JsonObject root, IReadOnlyDictionary<string, string> appSettings)
    {
        foreach (var (name, value) in appSettings)
        {
            if (name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            {
                Set(root, name[Prefix.Length..].Split("__"), value);
            }
        }
    }

    private static void Set(JsonObject target, string[] path, string value)
    {
        foreach (var part in path[..^1])
        {
            var name = Existing(target, part);
            if (target[name] is not JsonObject next)
            {
                target[name] = next = [];
            }

            target = next;
        }

        // The host reads the arguments as JSON; everything else is plain text.
        target[Existing(target, path[^1])] = value.StartsWith('[') ? JsonNode.Parse(value) : JsonValue.Create(value);
    }

    // Configuration keys ignore case.
    private static string Existing(JsonObject target, string name) =>
        target.Select(member => member.Key).FirstOrDefault(key => key.Equals(name, StringComparison.OrdinalIgnoreCase)) ?? name;
}
