using System.Text;

namespace Serverless.Components.Clients.AzureStorage;

/// <summary>A query as the account's key signs it.</summary>
internal static class CanonicalQuery
{
    /// <summary>Appends a line per parameter, sorted by its lower-case name: <c>name:value</c>, decoded, several values joined by commas.</summary>
    public static void Append(StringBuilder text, string query)
    {
        var parameters = Parse(query);
        parameters.Sort(static (one, other) => string.CompareOrdinal(one.Name, other.Name) is not 0 and var order ? order : string.CompareOrdinal(one.Value, other.Value));
        string? last = null;
        foreach (var (name, value) in parameters)
        {
            _ = name == last ? text.Append(',') : text.Append('\n').Append(name).Append(':');
            text.Append(value);
            last = name;
        }
    }

    /// <summary>The one parameter that the short form signs, as <c>?comp=…</c>; empty when it is not there.</summary>
    public static string Component(string query) => Parse(query).Find(parameter => parameter.Name == "comp") is { Name: not null } found ? $"?comp={found.Value}" : "";

    private static List<(string Name, string Value)> Parse(string query)
    {
        var parameters = new List<(string, string)>();
        var rest = query.AsSpan().TrimStart('?');
        foreach (var range in rest.Split('&'))
        {
            var pair = rest[range];
            if (!pair.IsEmpty)
            {
                var end = pair.IndexOf('=');
                var name = Uri.UnescapeDataString(end < 0 ? pair : pair[..end]);
                parameters.Add((name.ToLowerInvariant(), end < 0 ? "" : Uri.UnescapeDataString(pair[(end + 1)..])));
            }
        }

        return parameters;
    }
}
