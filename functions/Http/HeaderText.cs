using System.Buffers;

namespace Serverless.Functions.Http;

/// <summary>What may stand in a header, for names and values that come from elsewhere.</summary>
/// <remarks>RFC 9110 section 5. Go's server leaves a bad name out and writes a space for a control character.</remarks>
internal static class HeaderText
{
    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private static readonly SearchValues<char> Controls = SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(code => (char)code), '\u007f']);

    /// <summary>Whether the text is a header's name.</summary>
    public static bool IsName(string text) => text.Length > 0 && !text.AsSpan().ContainsAnyExcept(NameCharacters);

    /// <summary>The text as a header's value: a space for each control character.</summary>
    public static string ToValue(string text) => text.AsSpan().ContainsAny(Controls)
        ? string.Create(text.Length, text, static (target, source) =>
        {
            for (var index = 0; index < source.Length; index++)
            {
                target[index] = char.IsControl(source[index]) ? ' ' : source[index];
            }
        })
        : text;
}
