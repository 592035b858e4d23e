using System.Buffers;
using System.Text.Json;
using Serverless.Functions.Http;

namespace Serverless.Functions.Secrets;

/// <summary>The JSON of the secrets API: what Go's encoder writes for maps, with their names in order and a line feed.</summary>
internal static class SecretsJson
{
    public const string StoreName = "storeName";
    private const string Metadata = "metadata";

    public static ReadOnlyMemory<byte> Write(IReadOnlyDictionary<string, string> secret) => Write(json => WriteSecret(json, secret));

    public static ReadOnlyMemory<byte> Write(IEnumerable<KeyValuePair<string, IReadOnlyDictionary<string, string>>> secrets) => Write(json =>
    {
        json.WriteStartObject();
        foreach (var (name, secret) in secrets.OrderBy(item => item.Key, StringComparer.Ordinal))
        {
            json.WritePropertyName(name);
            WriteSecret(json, secret);
        }

        json.WriteEndObject();
    });

    /// <summary>
    /// What is wrong with a request's body, which must fit the message by protobuf's JSON rules although nothing of it is used; null if
    /// nothing is.
    /// </summary>
    /// <param name="body">The body; it may be empty.</param>
    /// <param name="texts">The fields that are strings.</param>
    public static string? FindFault(ReadOnlySpan<byte> body, ReadOnlySpan<string> texts)
    {
        if (body.IsEmpty)
        {
            return null;
        }

        try
        {
            return JsonText.IsWellFormed(body) ? FindFaultOfMembers(body, texts) : "invalid JSON";
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Too deep, or half of a surrogate pair.
            return "invalid JSON";
        }
    }

    private static string? FindFaultOfMembers(ReadOnlySpan<byte> body, ReadOnlySpan<string> texts)
    {
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = JsonInput.DeepestNesting });
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return "expected a JSON object or no body";
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString() is var given && given == "store_name" ? StoreName : given!;
            reader.Read();
            var isText = texts.Contains(name);
            if ((isText || name == Metadata) && !seen.Add(name))
            {
                return $"'{name}' is given twice";
            }

            if (isText && reader.TokenType is not (JsonTokenType.String or JsonTokenType.Null))
            {
                return $"expected a string for '{name}'";
            }

            if (name == Metadata && !IsStringMap(ref reader))
            {
                return "expected an object of strings for 'metadata'";
            }

            reader.Skip();
        }

        return null;
    }

    private static bool IsStringMap(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return reader.TokenType == JsonTokenType.Null;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            reader.Read();
            if (reader.TokenType != JsonTokenType.String)
            {
                return false;
            }
        }

        return true;
    }

    private static ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using var json = new Utf8JsonWriter(buffer, GoJsonEncoder.WriterOptions);
        write(json);
        json.Flush();
        buffer.Write("\n"u8);
        return buffer.WrittenMemory;
    }

    private static void WriteSecret(Utf8JsonWriter json, IReadOnlyDictionary<string, string> secret)
    {
        json.WriteStartObject();
        foreach (var (name, value) in secret.OrderBy(item => item.Key, StringComparer.Ordinal))
        {
            json.WriteString(name, value);
        }

        json.WriteEndObject();
    }
}
