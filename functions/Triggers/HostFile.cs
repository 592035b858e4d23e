using System.Globalization;
using System.Text.Json;

namespace Serverless.Functions.Triggers;

/// <summary>What host.json of the package says, and app settings <c>AzureFunctionsJobHost__…</c> that win over it.</summary>
/// <remarks>Functions docs: functions-host-json, "Override host.json values".</remarks>
internal sealed class HostFile
{
    private const string Prefix = "AzureFunctionsJobHost__";
    private readonly Func<string, string?> _environment;
    private readonly JsonElement _root;

    private HostFile(JsonElement root, Func<string, string?> environment) => (_root, _environment) = (root, environment);

    /// <summary>Reads it; one that is not there, or no JSON, says nothing.</summary>
    /// <exception cref="IOException">It can't be read.</exception>
    public static HostFile Read(string root, Func<string, string?> environment)
    {
        var path = Path.Combine(root, "host.json");
        if (!File.Exists(path))
        {
            return new HostFile(default, environment);
        }

        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            return new HostFile(json.RootElement.Clone(), environment);
        }
        catch (JsonException)
        {
            return new HostFile(default, environment);
        }
    }

    /// <summary>The time at a place, if it is one and more than nothing: "-1" is no limit at all.</summary>
    public TimeSpan? Time(params ReadOnlySpan<string> path) => Time(Override(path)) ?? Time(Text(path));

    /// <summary>The whole number at a place, if it is one and more than nothing.</summary>
    public int? Number(params ReadOnlySpan<string> path) => Number(Override(path)) ?? Number(Text(path));

    private static TimeSpan? Time(string? text) =>
        TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var time) && time > TimeSpan.Zero ? time : null;

    private static int? Number(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : null;

    private string? Override(ReadOnlySpan<string> path) => _environment(Prefix + string.Join("__", path));

    private string? Text(ReadOnlySpan<string> path)
    {
        var element = _root;
        foreach (var name in path)
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element))
            {
                return null;
            }
        }

        try
        {
            return element.ValueKind is JsonValueKind.String or JsonValueKind.Number ? element.ToString() : null;
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair.
            return null;
        }
    }
}
