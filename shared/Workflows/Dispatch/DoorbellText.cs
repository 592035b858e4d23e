using System.Buffers;
using System.Text.Json;

namespace Serverless.Components.Workflows.Dispatch;

/// <summary>A doorbell as the text of a queue's message: <c>{"appId":"…","instanceId":"…","workId":"…","isActivity":false,"due":"…"}</c>.</summary>
public static class DoorbellText
{
    private const int Size = 256;
    private static readonly JsonEncodedText AppId = JsonEncodedText.Encode("appId");
    private static readonly JsonEncodedText InstanceId = JsonEncodedText.Encode("instanceId");
    private static readonly JsonEncodedText WorkId = JsonEncodedText.Encode("workId");
    private static readonly JsonEncodedText IsActivity = JsonEncodedText.Encode("isActivity");
    private static readonly JsonEncodedText Due = JsonEncodedText.Encode("due");
    private static readonly JsonEncodedText IsRepeated = JsonEncodedText.Encode("isRepeated");

    /// <summary>Writes it as UTF-8; all of it is ASCII.</summary>
    public static ReadOnlyMemory<byte> Write(WorkflowDoorbell doorbell)
    {
        ArgumentNullException.ThrowIfNull(doorbell);
        var buffer = new ArrayBufferWriter<byte>(Size);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString(AppId, doorbell.AppId);
        json.WriteString(InstanceId, doorbell.InstanceId);
        json.WriteString(WorkId, doorbell.WorkId);
        json.WriteBoolean(IsActivity, doorbell.IsActivity);
        json.WriteString(Due, doorbell.Due.UtcDateTime);
        if (doorbell.IsRepeated)
        {
            json.WriteBoolean(IsRepeated, true);
        }

        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    /// <summary>Reads it. Members that are not known are passed over.</summary>
    /// <exception cref="FormatException">It is no doorbell; the message says why, without the text.</exception>
    public static WorkflowDoorbell Read(ReadOnlySpan<byte> text)
    {
        try
        {
            var reader = new Utf8JsonReader(text);
            using var json = JsonDocument.ParseValue(ref reader);
            var root = json.RootElement;
            return reader.Read() || root.ValueKind != JsonValueKind.Object
                ? throw new FormatException("it is no JSON object")
                : new WorkflowDoorbell(Text(root, AppId), Text(root, InstanceId), Text(root, WorkId), Flag(root, IsActivity), Time(root)) { IsRepeated = Flag(root, IsRepeated) };
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            throw new FormatException("it is no JSON object", fault);
        }
    }

    private static string Text(JsonElement root, JsonEncodedText name) =>
        root.TryGetProperty(name.EncodedUtf8Bytes, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text
            ? text
            : throw new FormatException($"its '{name}' is no text");

    private static bool Flag(JsonElement root, JsonEncodedText name) =>
        root.TryGetProperty(name.EncodedUtf8Bytes, out var value) && value.ValueKind == JsonValueKind.True;

    private static DateTimeOffset Time(JsonElement root) =>
        root.TryGetProperty(Due.EncodedUtf8Bytes, out var value) && value.ValueKind == JsonValueKind.String && value.TryGetDateTimeOffset(out var due)
            ? due.ToUniversalTime()
            : throw new FormatException($"its '{Due}' is no time");
}
