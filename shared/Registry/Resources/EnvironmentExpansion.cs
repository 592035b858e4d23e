using System.Text;

namespace Serverless.Components.Registry.Resources;

/// <summary>Replaces <c>${NAME}</c> and <c>$NAME</c> in text; unset variables are empty.</summary>
/// <remarks>Go: os.ExpandEnv, which Dapr applies to Configuration files before it parses them.</remarks>
internal static class EnvironmentExpansion
{
    public static string Expand(string text, Func<string, string?> environment)
    {
        var expanded = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '$' || i + 1 == text.Length)
            {
                expanded.Append(text[i]);
                continue;
            }

            var braced = text[i + 1] == '{';
            var start = i + (braced ? 2 : 1);
            var end = start;
            while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] == '_'))
            {
                end++;
            }

            if (end == start || (braced && (end == text.Length || text[end] != '}')))
            {
                expanded.Append('$');
                continue;
            }

            expanded.Append(environment(text[start..end]));
            i = braced ? end : end - 1;
        }

        return expanded.ToString();
    }
}
