using System.Globalization;
using System.Text.Json;

namespace Serverless.Functions.Triggers;

/// <summary>How long an invocation may take before the host kills the process with every request in it.</summary>
/// <remarks>Functions docs: functions-host-json, functionTimeout; an app setting <c>AzureFunctionsJobHost__functionTimeout</c> wins.</remarks>
internal static class HostTimeout
{
    private const string Override = "AzureFunctionsJobHost__functionTimeout";
    private static readonly TimeSpan HostDefault = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(30);

    /// <summary>Our own limit of an invocation: 30 s less than the host's, or half of it where that is more.</summary>
    /// <exception cref="IOException">host.json can't be read.</exception>
    public static TimeSpan Deadline(string root, Func<string, string?> environment)
    {
        var limit = Parse(environment(Override)) ?? Parse(OfFile(Path.Combine(root, "host.json"))) ?? HostDefault;
        return limit - Margin > limit / 2 ? limit - Margin : limit / 2;
    }

    // "-1" is no limit at all, which is no reason to wait for ever.
    private static TimeSpan? Parse(string? text) =>
        TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var limit) && limit > TimeSpan.Zero ? limit : null;

    private static string? OfFile(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("functionTimeout", out var timeout) ? timeout.GetString() : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
