using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;

namespace Serverless.Functions.Http;

/// <summary>JSON text that is kept as text, so that numbers and strings lose nothing.</summary>
internal static class JsonText
{
    private static readonly SearchValues<byte> Whitespace = SearchValues.Create(" \t\r\n"u8);
    private static readonly SearchValues<byte> WhitespaceOrQuote = SearchValues.Create(" \t\r\n\""u8);
    private static readonly SearchValues<byte> QuoteOrBackslash = SearchValues.Create("\"\\"u8);

    public static byte[] Null { get; } = "null"u8.ToArray();

    /// <summary>A copy of well-formed JSON text without the whitespace between its tokens.</summary>
    public static byte[] Compact(ReadOnlySpan<byte> json)
    {
        if (json.IndexOfAny(Whitespace) < 0)
        {
            return json.ToArray();
        }

        var scratch = ArrayPool<byte>.Shared.Rent(json.Length);
        var length = 0;
        while (!json.IsEmpty)
        {
            var keep = json.IndexOfAny(WhitespaceOrQuote);
            keep = keep < 0 ? json.Length : keep;
            if (keep < json.Length && json[keep] == '"')
            {
                keep += StringLength(json[keep..]);
            }

            json[..keep].CopyTo(scratch.AsSpan(length));
            length += keep;
            json = json[keep..];
            while (!json.IsEmpty && Whitespace.Contains(json[0]))
            {
                json = json[1..];
            }
        }

        var compact = scratch.AsSpan(0, length).ToArray();
        ArrayPool<byte>.Shared.Return(scratch);
        return compact;
    }

    /// <summary>Well-formed JSON text as Go's encoder writes the same value, but for numbers and the order of members, which stay.</summary>
    public static byte[] Reserialize(ReadOnlySpan<byte> json)
    {
        var buffer = new ArrayBufferWriter<byte>(json.Length + 16);
        using var writer = new Utf8JsonWriter(buffer, GoJsonEncoder.WriterOptions);
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = JsonInput.DeepestNesting });
        while (reader.Read())
        {
            Copy(ref reader, writer);
        }

        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Whether the bytes are exactly one JSON value.</summary>
    public static bool IsWellFormed(ReadOnlySpan<byte> bytes)
    {
        if (!Utf8.IsValid(bytes))
        {
            return false;
        }

        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = 100_000 });
        try
        {
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>What is wrong, in words for callers: the reader's own texts speak of its settings.</summary>
    public static string Describe(JsonException exception)
    {
        if (exception.BytePositionInLine is not { } position)
        {
            return exception.Message;
        }

        var trouble = exception.Message.Contains("depth", StringComparison.Ordinal) ? $"nested deeper than {JsonInput.DeepestNesting} levels" : "invalid JSON";
        return $"{trouble} at line {exception.LineNumber + 1}, byte {position + 1}";
    }

    private static void Copy(ref Utf8JsonReader reader, Utf8JsonWriter writer)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                writer.WriteStartObject();
                break;
            case JsonTokenType.EndObject:
                writer.WriteEndObject();
                break;
            case JsonTokenType.StartArray:
                writer.WriteStartArray();
                break;
            case JsonTokenType.EndArray:
                writer.WriteEndArray();
                break;
            case JsonTokenType.PropertyName:
                writer.WritePropertyName(Text(ref reader));
                break;
            case JsonTokenType.String:
                writer.WriteStringValue(Text(ref reader));
                break;
            default:
                writer.WriteRawValue(reader.ValueSpan, skipInputValidation: true);
                break;
        }
    }

    private static string Text(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw new JsonException("a string holds half of a surrogate pair");
        }
    }

    private static int StringLength(ReadOnlySpan<byte> text)
    {
        var length = 1;
        while (true)
        {
            length += text[length..].IndexOfAny(QuoteOrBackslash);
            if (text[length] == '"')
            {
                return length + 1;
            }

            length += 2;
        }
    }
}
