namespace Serverless.IntegrationTests.HostEmulator;

/// <summary>An ASP.NET route template without constraints: literals, <c>{name}</c> and a closing <c>{*rest}</c>.</summary>
internal sealed class RouteTemplate
{
    private readonly string[] _segments;

    public RouteTemplate(string prefix, string route) =>
        _segments = $"{prefix.Trim('/')}/{route.Trim('/')}".Split('/', StringSplitOptions.RemoveEmptyEntries);

    private bool EndsWithRest => _segments.Length > 0 && _segments[^1].StartsWith("{*", StringComparison.Ordinal);

    /// <summary>Matches a decoded path, ignoring case; one trailing slash does not count.</summary>
    public bool Matches(string path)
    {
        var parts = path.Length <= 1 ? [] : path.TrimStart('/').Split('/');
        if (parts.Length > 0 && parts[^1].Length == 0)
        {
            parts = parts[..^1];
        }

        var fixedCount = EndsWithRest ? _segments.Length - 1 : _segments.Length;
        return (EndsWithRest ? parts.Length >= fixedCount : parts.Length == fixedCount)
            && _segments.Take(fixedCount).Zip(parts).All(pair => MatchesSegment(pair.First, pair.Second));
    }

    private static bool MatchesSegment(string segment, string part) =>
        segment.StartsWith('{') ? part.Length > 0 : segment.Equals(part, StringComparison.OrdinalIgnoreCase);
}
