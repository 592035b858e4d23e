using System.Text.Json;
using System.Xml;
using Azure;

namespace Serverless.Components.Clients.AzureRest;

/// <summary>The code and the words of an error answer.</summary>
/// <remarks>
/// Azure's services differ: <c>{"odata.error":{"code","message":{"value"}}}</c> (Table), <c>{"error":{"code","message","innererror":{"code"}}}</c>
/// (Key Vault, Event Grid), <c>{"Message"}</c> (Durable Functions), XML with <c>Code</c> and <c>Message</c> or <c>Detail</c> (Blob, Queue, Service Bus); the header
/// <c>x-ms-error-code</c> wins over all.
/// </remarks>
internal readonly record struct AzureError(string? Code, string? Message)
{
    private const int LongestMessage = 512;
    private const int DeepestInnerError = 8;

    /// <summary>Reads a buffered answer; what can't be read is left out.</summary>
    public static AzureError Read(Response response)
    {
        var body = Parse(response.ContentStream is null ? default : response.Content.ToMemory());
        return response.Headers.TryGetValue("x-ms-error-code", out var code) ? body with { Code = code } : body;
    }

    /// <summary>Reads an error's body.</summary>
    public static AzureError Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            var text = body[^body.Span.TrimStart("\uFEFF \t\r\n"u8).Length..];
            return text.IsEmpty ? default
                : text.Span[0] == '{' ? ParseJson(text)
                : text.Span[0] == '<' ? ParseXml(text)
                : default;
        }
        catch (Exception fault) when (fault is JsonException or XmlException or InvalidOperationException)
        {
            // A proxy's page, for example.
            return default;
        }
    }

    private static AzureError ParseJson(ReadOnlyMemory<byte> body)
    {
        using var document = JsonDocument.Parse(body);
        var root = document.RootElement;
        if (!root.TryGetProperty("odata.error", out var error) && !root.TryGetProperty("error", out error))
        {
            return new AzureError(null, Shorten(Text(root, "Message")));
        }

        if (error.ValueKind != JsonValueKind.Object)
        {
            return default;
        }

        var message = error.TryGetProperty("message", out var words) && words.ValueKind == JsonValueKind.Object ? Text(words, "value") : Text(error, "message");
        return new AzureError(InnermostCode(error), Shorten(message));
    }

    // The outer code of Key Vault is as general as the status.
    private static string? InnermostCode(JsonElement error)
    {
        var code = Text(error, "code");
        for (var depth = 0; depth < DeepestInnerError && error.TryGetProperty("innererror", out error) && error.ValueKind == JsonValueKind.Object; depth++)
        {
            code = Text(error, "code") ?? code;
        }

        return code;
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static AzureError ParseXml(ReadOnlyMemory<byte> body)
    {
        using var reader = XmlReader.Create(new MemoryStream(body.ToArray()), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
        if (reader.MoveToContent() != XmlNodeType.Element || !reader.LocalName.Equals("error", StringComparison.OrdinalIgnoreCase))
        {
            return default;
        }

        string? code = null, message = null;
        while (reader.Read())
        {
            if (reader.NodeType != XmlNodeType.Element)
            {
                continue;
            }

            switch (reader.LocalName.ToLowerInvariant())
            {
                case "code":
                    code ??= TextOf(reader);
                    break;
                case "message" or "detail":
                    message ??= TextOf(reader);
                    break;
                default:
                    break;
            }
        }

        return new AzureError(code, Shorten(message));
    }

    private static string? TextOf(XmlReader element) =>
        !element.IsEmptyElement && element.Read() && element.NodeType is XmlNodeType.Text or XmlNodeType.CDATA ? element.Value.Trim() : null;

    // Table puts request id and time behind the words, each on a line of its own; the id is told apart.
    private static string? Shorten(string? message)
    {
        if (message is null)
        {
            return null;
        }

        var end = message.AsSpan().IndexOfAny('\r', '\n');
        var line = (end < 0 ? message.AsSpan() : message.AsSpan(0, end)).Trim();
        return line.IsEmpty ? null : line.Length > LongestMessage ? string.Concat(line[..LongestMessage], "…") : line.ToString();
    }
}
