using System.Globalization;
using System.Text.Json.Nodes;

namespace Serverless.IntegrationTests.HostEmulator;

/// <summary>Builds the body of a triggered invocation with the host's encodings.</summary>
internal static class TriggerPayload
{
    /// <summary><c>{"Data":{…},"Metadata":{…}}</c>.</summary>
    /// <remarks>
    /// A text is quoted inside a text, numbers and truth values become text, an array becomes a text of JSON, an object stays
    /// one, bytes become base64. In Metadata nulls are left out, and names that end in "trigger".
    /// </remarks>
    public static JsonObject Create(IReadOnlyDictionary<string, object?> data, IReadOnlyDictionary<string, object?> metadata)
    {
        var body = new JsonObject { ["Data"] = new JsonObject(), ["Metadata"] = new JsonObject() };
        foreach (var (name, value) in data)
        {
            body["Data"]![name] = Encode(value);
        }

        foreach (var (name, value) in metadata)
        {
            if (value is not null && !name.EndsWith("trigger", StringComparison.OrdinalIgnoreCase))
            {
                body["Metadata"]![name] = Encode(value);
            }
        }

        return body;
    }

    /// <summary>The members of a message that is a JSON object: the host copies them into Metadata.</summary>
    public static IEnumerable<KeyValuePair<string, object?>> Members(byte[] body)
    {
        try
        {
            return JsonNode.Parse(body) is JsonObject json
                ? [.. json.Select(member => new KeyValuePair<string, object?>(member.Key, member.Value is JsonObject or JsonArray ? member.Value : (object?)member.Value?.ToString()))]
                : [];
        }
        catch (Exception exception) when (exception is System.Text.Json.JsonException or ArgumentException)
        {
            return [];
        }
    }

    private static JsonNode? Encode(object? value) => value switch
    {
        null => null,
        JsonObject json => json.DeepClone(),
        JsonArray json => JsonValue.Create(json.ToJsonString()),
        byte[] bytes => JsonValue.Create(Convert.ToBase64String(bytes)),
        string text => JsonValue.Create(JsonValue.Create(text).ToJsonString()),
        bool truth => JsonValue.Create(truth ? "true" : "false"),
        DateTimeOffset time => JsonValue.Create($"\"{time.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}\""),
        IFormattable number => JsonValue.Create(number.ToString(null, CultureInfo.InvariantCulture)),
        _ => throw new ArgumentException($"the host has no encoding for {value.GetType()}", nameof(value)),
    };
}
