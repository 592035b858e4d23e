using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Serverless.Functions.Http;

/// <summary>Escapes JSON text as Go's encoder does, so that bodies equal Dapr's byte for byte.</summary>
/// <remarks>Go: encoding/json with HTML escaping on; hexadecimal digits are lower-case and DEL stays as it is.</remarks>
internal sealed class GoJsonEncoder : JavaScriptEncoder
{
    private static readonly SearchValues<char> Suspects = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Concat(Enumerable.Range(0xD800, 0x800)).Select(code => (char)code), '"', '\\', '<', '>', '&', '\u2028', '\u2029']);

    public static GoJsonEncoder Instance { get; } = new();

    public static JsonWriterOptions WriterOptions { get; } = new() { Encoder = Instance, SkipValidation = true, MaxDepth = JsonInput.DeepestNesting };

    public override int MaxOutputCharactersPerInputCharacter => 6;

    public override bool WillEncode(int unicodeScalar) =>
        unicodeScalar is < 0x20 or '"' or '\\' or '<' or '>' or '&' or 0x2028 or 0x2029;

    public override unsafe int FindFirstCharacterToEncode(char* text, int textLength)
    {
        var rest = new ReadOnlySpan<char>(text, textLength);
        var start = 0;
        while (true)
        {
            var found = rest[start..].IndexOfAny(Suspects);
            if (found < 0)
            {
                return -1;
            }

            start += found;
            if (start + 1 >= textLength || !char.IsSurrogatePair(rest[start], rest[start + 1]))
            {
                return start;
            }

            start += 2;
        }
    }

    public override unsafe bool TryEncodeUnicodeScalar(int unicodeScalar, char* buffer, int bufferLength, out int numberOfCharactersWritten)
    {
        var target = new Span<char>(buffer, bufferLength);
        var brief = unicodeScalar switch
        {
            '"' => "\\\"",
            '\\' => "\\\\",
            '\b' => "\\b",
            '\f' => "\\f",
            '\n' => "\\n",
            '\r' => "\\r",
            '\t' => "\\t",
            _ => null,
        };
        if (brief is null)
        {
            return target.TryWrite(CultureInfo.InvariantCulture, $"\\u{unicodeScalar:x4}", out numberOfCharactersWritten);
        }

        numberOfCharactersWritten = brief.TryCopyTo(target) ? brief.Length : 0;
        return numberOfCharactersWritten > 0;
    }
}
