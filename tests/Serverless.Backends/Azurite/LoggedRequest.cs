using System.Text.RegularExpressions;

namespace Serverless.Backends.Azurite;

/// <summary>A request as Azurite's debug log has it.</summary>
/// <param name="Service"><c>Blob</c>, <c>Queue</c> or <c>Table</c>.</param>
/// <param name="Method">The method.</param>
/// <param name="Target">Path and query, the account first.</param>
public sealed partial record LoggedRequest(string Service, string Method, string Target)
{
    /// <summary>All requests so far, those inside a batch not counted; the log can lag behind the answers.</summary>
    public static IReadOnlyList<LoggedRequest> Read(string logPath) =>
    [
        .. File.ReadLines(logPath)
            .Select(line => Line().Match(line))
            .Where(match => match.Success)
            .Select(match => new LoggedRequest(match.Groups["service"].Value, match.Groups["method"].Value, match.Groups["target"].Value)),
    ];

    [GeneratedRegex("info: (?<service>[A-Z][a-z]+)StorageContextMiddleware: RequestMethod=(?<method>[A-Z]+) RequestURL=https?://[^/]+(?<target>[^ ]+) RequestHeaders:")]
    private static partial Regex Line();
}
