using System.Collections.ObjectModel;

namespace Serverless.Functions.Http;

/// <summary>Reads a query string by Go's rules: names are case-sensitive, the first value wins, unreadable pairs are left out.</summary>
internal static class RequestQuery
{
    private const string MetadataPrefix = "metadata.";

    /// <summary>The first value of that name; null when the name is absent.</summary>
    public static string? Value(QueryString query, string name)
    {
        var rest = Text(query);
        while (!rest.IsEmpty)
        {
            var pair = Take(ref rest);
            if (TryRead(pair, out var found, out var value) && found == name)
            {
                return value;
            }
        }

        return null;
    }

    /// <summary>Every <c>metadata.</c> parameter without its prefix.</summary>
    public static IReadOnlyDictionary<string, string> Metadata(QueryString query)
    {
        Dictionary<string, string>? metadata = null;
        var rest = Text(query);
        while (!rest.IsEmpty)
        {
            var pair = Take(ref rest);
            if (TryRead(pair, out var name, out var value) && name.StartsWith(MetadataPrefix, StringComparison.Ordinal))
            {
                (metadata ??= new(StringComparer.Ordinal)).TryAdd(name[MetadataPrefix.Length..], value);
            }
        }

        return metadata ?? (IReadOnlyDictionary<string, string>)ReadOnlyDictionary<string, string>.Empty;
    }

    private static ReadOnlySpan<char> Text(QueryString query) => query.Value is ['?', ..] text ? text.AsSpan(1) : default;

    private static ReadOnlySpan<char> Take(ref ReadOnlySpan<char> rest)
    {
        var end = rest.IndexOf('&');
        var pair = end < 0 ? rest : rest[..end];
        rest = end < 0 ? default : rest[(end + 1)..];
        return pair;
    }

    private static bool TryRead(ReadOnlySpan<char> pair, out string name, out string value)
    {
        name = value = "";
        if (pair.IsEmpty || pair.Contains(';'))
        {
            return false;
        }

        var equals = pair.IndexOf('=');
        if (SegmentText.Unescape(equals < 0 ? pair : pair[..equals], out _) is not { } readName
            || SegmentText.Unescape(equals < 0 ? default : pair[(equals + 1)..], out _) is not { } readValue)
        {
            return false;
        }

        (name, value) = (readName, readValue);
        return true;
    }
}
