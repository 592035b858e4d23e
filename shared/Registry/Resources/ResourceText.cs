using System.Security.Cryptography;
using System.Text;

namespace Serverless.Components.Registry.Resources;

/// <summary>Splits a YAML file into its documents.</summary>
internal static class ResourceText
{
    /// <summary>The non-empty documents between <c>---</c> lines, trimmed; LF and CRLF are the same.</summary>
    public static IEnumerable<string> Split(string file)
    {
        var document = new StringBuilder();
        foreach (var line in file.ReplaceLineEndings("\n").TrimStart('\uFEFF').Split('\n'))
        {
            if (line is "---" || line.StartsWith("--- ", StringComparison.Ordinal))
            {
                if (Take(document) is { } before)
                {
                    yield return before;
                }

                document.Append(line.AsSpan(3)).Append('\n');
            }
            else if (line != "...")
            {
                document.Append(line).Append('\n');
            }
        }

        if (Take(document) is { } last)
        {
            yield return last;
        }
    }

    /// <summary>Hex SHA-256 of a document.</summary>
    public static string Hash(string document) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(document)));

    private static string? Take(StringBuilder document)
    {
        var text = document.ToString().TrimEnd();
        document.Clear();
        return text.Split('\n').All(line => line.TrimStart() is "" or ['#', ..] or ['%', ..]) ? null : text;
    }
}
