using System.Text;
using System.Text.Json;
using Serverless.Components.Registry.Triggers;
using Serverless.Functions.Http;

namespace Serverless.Functions.Triggers;

/// <summary>Reads what the host posts when a trigger fires.</summary>
/// <remarks>
/// Functions docs: functions-custom-handlers, "Request payload". Bytes come as base64, a text as a JSON text inside a JSON text, numbers as
/// text, objects as they are. Both the plain and the doubly encoded form of each are taken, since the hosts' versions differ.
/// </remarks>
internal static class TriggerBody
{
    /// <summary>Reads it.</summary>
    /// <exception cref="JsonException">It is no such body.</exception>
    public static TriggerPayload Read(ReadOnlySpan<byte> body, string bindingName)
    {
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = JsonInput.DeepestNesting });
        using var json = JsonDocument.ParseValue(ref reader);
        if (json.RootElement.ValueKind != JsonValueKind.Object || !json.RootElement.TryGetProperty("Data", out var data) || data.ValueKind != JsonValueKind.Object)
        {
            throw new JsonException("the body has no object 'Data'");
        }

        if (!data.TryGetProperty(bindingName, out var payload))
        {
            throw new JsonException($"'Data' has no member '{bindingName}'");
        }

        var metadata = json.RootElement.TryGetProperty("Metadata", out var items) && items.ValueKind == JsonValueKind.Object ? Read(items) : [];
        return new TriggerPayload { Data = Bytes(payload), Metadata = metadata };
    }

    private static Dictionary<string, string> Read(JsonElement items)
    {
        var metadata = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var item in items.EnumerateObject().Where(static item => item.Value.ValueKind != JsonValueKind.Null))
        {
            try
            {
                metadata.TryAdd(item.Name, item.Value.ValueKind == JsonValueKind.String ? Plain(item.Value.GetString()!) : item.Value.GetRawText());
            }
            catch (InvalidOperationException)
            {
                // Half of a surrogate pair. Members of a message stand here too, and none may keep the message from the app.
            }
        }

        return metadata;
    }

    // A quotation mark is no character of base64, so the forms can't be taken for one another.
    private static byte[] Bytes(JsonElement payload)
    {
        try
        {
            return payload.ValueKind != JsonValueKind.String ? Encoding.UTF8.GetBytes(payload.GetRawText())
                : payload.TryGetBytesFromBase64(out var bytes) ? bytes
                : Encoding.UTF8.GetBytes(Plain(payload.GetString()!));
        }
        catch (InvalidOperationException exception)
        {
            throw new JsonException("the payload is no text", exception);
        }
    }

    private static string Plain(string text)
    {
        if (text is not ['"', .., '"'])
        {
            return text;
        }

        try
        {
            using var inner = JsonDocument.Parse(text);
            return inner.RootElement.GetString()!;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return text;
        }
    }
}
