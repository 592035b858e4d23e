using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace Serverless.Backends.ServiceBus;

/// <summary>Reads what is sent: one message in headers and body, or a batch in JSON.</summary>
internal static partial class MessageReader
{
    /// <summary>Exactly this type makes a batch; with a charset behind it, it is a message of that type.</summary>
    private const string BatchType = "application/vnd.microsoft.servicebus.json";

    /// <summary>Headers of HTTP whose values look like those of properties.</summary>
    private static readonly string[] NotProperties = ["Content-Length", "If-Match", "If-None-Match", "If-Range", "Max-Forwards"];

    public static IReadOnlyList<MessageContent> Read(HttpRequest request, byte[] body)
    {
        if (request.ContentType == BatchType)
        {
            return [.. (Parse(body) as JsonArray ?? throw BusRefusalException.BadRequest("A batch must be an array.")).Select(ReadItem)];
        }

        var header = request.Headers["BrokerProperties"].ToString();
        var broker = header.Length == 0 ? [] : Parse(Encoding.UTF8.GetBytes(header)) as JsonObject ?? throw BusRefusalException.BadRequest("BrokerProperties must be an object.");

        // Every header whose value is a literal is a property: strings have quotes.
        var properties = request.Headers
            .Where(field => Literal().IsMatch(field.Value.ToString()) && !NotProperties.Contains(field.Key, StringComparer.OrdinalIgnoreCase))
            .ToDictionary(field => field.Key, field => field.Value.ToString());
        return [new MessageContent(body, request.ContentType ?? "application/octet-stream", broker, properties)];
    }

    private static MessageContent ReadItem(JsonNode? node)
    {
        if (node is not JsonObject item || item["Body"] is not JsonValue value || value.GetValueKind() != JsonValueKind.String)
        {
            throw BusRefusalException.BadRequest("Each item of a batch must be an object with a Body.");
        }

        var text = value.GetValue<string>();
        var isBase64 = item["IsBodyBase64"]?.GetValueKind() == JsonValueKind.True;
        var properties = (item["UserProperties"] as JsonObject ?? []).ToDictionary(property => property.Key, property => ToLiteral(property.Value));
        return new MessageContent(isBase64 ? Decode(text) : Encoding.UTF8.GetBytes(text), "application/xml; charset=utf-8", item["BrokerProperties"] as JsonObject ?? [], properties);
    }

    private static string ToLiteral(JsonNode? value) => value?.GetValueKind() switch
    {
        JsonValueKind.String => $"\"{value.GetValue<string>().Replace("\"", "\\\"", StringComparison.Ordinal)}\"",
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.ToJsonString(),
        _ => throw BusRefusalException.BadRequest("UserProperties must be strings, numbers or booleans."),
    };

    private static JsonNode? Parse(byte[] text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            throw BusRefusalException.BadRequest("The request holds something that must be JSON and is not.");
        }
    }

    private static byte[] Decode(string text)
    {
        try
        {
            return Convert.FromBase64String(text);
        }
        catch (FormatException)
        {
            throw BusRefusalException.BadRequest("A Body with IsBodyBase64 must be base64.");
        }
    }

    [GeneratedRegex("^(\".*\"|true|false|-?[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9]+)?)$", RegexOptions.Singleline)]
    private static partial Regex Literal();
}
