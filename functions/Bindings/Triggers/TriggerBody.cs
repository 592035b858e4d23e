using System.Text;
using System.Text.Json;
using Serverless.Components.Bindings;

namespace Serverless.Functions.Bindings.Triggers;

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
        var reader = new Utf8JsonReader(body);
        using var json = JsonDocument.ParseValue(ref reader);
        if (json.RootElement.ValueKind != JsonValueKind.Object || !json.RootElement.TryGetProperty("Data", out var data) || data.ValueKind != JsonValueKind.Object)
        {
            throw new JsonException("the body has no object 'Data'");
        }

        if (!data.TryGetProperty(bindingName, out var payload))
        {
            throw new JsonException($"'Data' has no member '{bindingName}'");
        }

        var metadata = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        if (json.RootElement.TryGetProperty("Metadata", out var items) && items.ValueKind == JsonValueKind.Object)
        {
            foreach (var item in items.EnumerateObject().Where(static item => item.Value.ValueKind != JsonValueKind.Null))
            {
                metadata.TryAdd(item.Name, item.Value.ValueKind == JsonValueKind.String ? Plain(item.Value.GetString()!) : item.Value.GetRawText());
            }
        }

        return new TriggerPayload { Data = Bytes(payload), Metadata = metadata };
    }

    // A quotation mark is no character of base64, so the forms can't be taken for one another.
    private static byte[] Bytes(JsonElement payload) =>
        payload.ValueKind != JsonValueKind.String ? Encoding.UTF8.GetBytes(payload.GetRawText())
        : payload.TryGetBytesFromBase64(out var bytes) ? bytes
        : Encoding.UTF8.GetBytes(Plain(payload.GetString()!));

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
