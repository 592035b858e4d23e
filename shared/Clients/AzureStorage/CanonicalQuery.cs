using System.Globalization;
using System.Text;

namespace Serverless.Components.Clients.AzureStorage;

/// <summary>A query as the account's key signs it.</summary>
internal static class CanonicalQuery
{
    /// <summary>Appends a line per parameter, sorted by its lower-case name: <c>name:value</c>, decoded, several values joined by commas.</summary>
    public static void Append(StringBuilder text, string query)
    {
        foreach (var parameter in Parse(query).GroupBy(parameter => parameter.Name).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            var values = parameter.Select(one => one.Value).Order(StringComparer.Ordinal);
            text.Append(CultureInfo.InvariantCulture, $"\n{parameter.Key}:{string.Join(',', values)}");
        }
    }

    /// <summary>The one parameter that the short form signs, as <c>?comp=…</c>; empty when it is not there.</summary>
    public static string Component(string query)
    {
        var (name, value) = Parse(query).FirstOrDefault(parameter => parameter.Name == "comp");
        return name is null ? "" : $"?comp={value}";
    }

    private static IEnumerable<(string Name, string Value)> Parse(string query) => query
        .TrimStart('?')
        .Split('&', StringSplitOptions.RemoveEmptyEntries)
        .Select(pair => pair.Split('=', 2))
        .Select(pair => (Uri.UnescapeDataString(pair[0]).ToLowerInvariant(), pair.Length > 1 ? Uri.UnescapeDataString(pair[1]) : ""));
}
