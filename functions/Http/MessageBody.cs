using System.Text.Json;

namespace Serverless.Functions.Http;

/// <summary>Checks a body that must fit the API's message by protobuf's JSON rules, although nothing of it is used.</summary>
internal static class MessageBody
{
    private const string Metadata = "metadata";

    /// <summary>What is wrong; null if nothing is.</summary>
    /// <param name="body">The body; it may be empty.</param>
    /// <param name="hasMetadata">Whether the message has the field <c>metadata</c>, a map of strings.</param>
    /// <param name="texts">The fields that are strings: their names in JSON, and in the message's definition.</param>
    public static string? FindFault(ReadOnlySpan<byte> body, bool hasMetadata, params ReadOnlySpan<(string Json, string Original)> texts)
    {
        if (body.IsEmpty)
        {
            return null;
        }

        try
        {
            return JsonText.IsWellFormed(body) ? FindFaultOfMembers(body, hasMetadata, texts) : "invalid JSON";
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Too deep, or half of a surrogate pair.
            return "invalid JSON";
        }
    }

    private static string? FindFaultOfMembers(ReadOnlySpan<byte> body, bool hasMetadata, ReadOnlySpan<(string Json, string Original)> texts)
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
            var given = reader.GetString()!;
            reader.Read();
            var text = FieldOf(given, texts);
            var isMap = hasMetadata && given == Metadata;
            if ((text is not null || isMap) && !seen.Add(text ?? given))
            {
                return $"'{text ?? given}' is given twice";
            }

            if (text is not null && reader.TokenType is not (JsonTokenType.String or JsonTokenType.Null))
            {
                return $"expected a string for '{text}'";
            }

            if (isMap && !IsStringMap(ref reader))
            {
                return $"expected an object of strings for '{Metadata}'";
            }

            reader.Skip();
        }

        return null;
    }

    private static string? FieldOf(string name, ReadOnlySpan<(string Json, string Original)> texts)
    {
        foreach (var (json, original) in texts)
        {
            if (name == json || name == original)
            {
                return json;
            }
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
}
