using System.Buffers;
using System.Globalization;
using System.Text;

namespace Serverless.Functions.Http;

/// <summary>Decodes one path segment or one part of a query string.</summary>
internal static class SegmentText
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static readonly SearchValues<char> Special = SearchValues.Create("%+");

    /// <summary>Query rules: <c>+</c> is a space and each <c>%XX</c> is a byte of UTF-8 text. Null with a fault otherwise.</summary>
    /// <remarks>
    /// Go: url.QueryUnescape. Bytes that are no UTF-8 text are refused: replacing them would make different keys equal.
    /// </remarks>
    public static string? Unescape(ReadOnlySpan<char> text, out string? fault)
    {
        fault = null;
        if (text.IndexOfAny(Special) < 0)
        {
            return new string(text);
        }

        var bytes = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        try
        {
            var length = Unescape(text, bytes, out fault);
            return fault is null ? Strict.GetString(bytes, 0, length) : null;
        }
        catch (DecoderFallbackException)
        {
            fault = "invalid UTF-8";
            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    /// <summary>Behind the Functions host: the server has decoded everything but <c>%2F</c>.</summary>
    public static string UnescapeSlashes(ReadOnlySpan<char> text)
    {
        var plain = new string(text);
        return plain.Contains('%', StringComparison.Ordinal) ? plain.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase) : plain;
    }

    private static int Unescape(ReadOnlySpan<char> text, Span<byte> target, out string? fault)
    {
        fault = null;
        var length = 0;
        while (!text.IsEmpty)
        {
            var plain = text.IndexOfAny(Special);
            plain = plain < 0 ? text.Length : plain;
            length += Encoding.UTF8.GetBytes(text[..plain], target[length..]);
            text = text[plain..];
            switch (text)
            {
                case []:
                    break;
                case ['+', ..]:
                    target[length++] = (byte)' ';
                    text = text[1..];
                    break;
                case [_, var high, var low, ..] when char.IsAsciiHexDigit(high) && char.IsAsciiHexDigit(low):
                    target[length++] = byte.Parse(text.Slice(1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
                    text = text[3..];
                    break;
                default:
                    fault = $"invalid URL escape \"{text[..Math.Min(text.Length, 3)]}\"";
                    return 0;
            }
        }

        return length;
    }
}
