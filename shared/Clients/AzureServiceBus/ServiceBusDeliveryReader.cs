using System.Globalization;
using System.Text.Json;
using Azure;

namespace Serverless.Components.Clients.AzureServiceBus;

/// <summary>Reads a received message out of an answer: the content is its body, the broker's properties a header in JSON, the sender's a header each.</summary>
internal static class ServiceBusDeliveryReader
{
    // Headers whose values could be taken for properties.
    private static readonly HashSet<string> NoProperties = new(StringComparer.OrdinalIgnoreCase) { "Age", "BrokerProperties", "Content-Length", "ETag", "Max-Forwards", "Retry-After", "X-Content-Type-Options", "x-ms-return-client-request-id" };

    /// <summary>Reads the message.</summary>
    /// <param name="response">The answer, buffered.</param>
    /// <param name="endpoint">The namespace, for a lock with a relative address.</param>
    /// <exception cref="JsonException">The broker's properties are no JSON.</exception>
    /// <exception cref="FormatException">They are not those that the service documents.</exception>
    /// <exception cref="InvalidOperationException">A text is no Unicode.</exception>
    public static ServiceBusDelivery Read(Response response, Uri endpoint)
    {
        using var document = JsonDocument.Parse(response.Headers.TryGetValue("BrokerProperties", out var text) ? text : "{}");
        var broker = document.RootElement;
        if (broker.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException("BrokerProperties is no object");
        }

        return new ServiceBusDelivery
        {
            Body = response.ContentStream is null ? default : response.Content.ToMemory(),
            ContentType = response.Headers.ContentType,
            MessageId = Text(broker, "MessageId"),
            CorrelationId = Text(broker, "CorrelationId"),
            SessionId = Text(broker, "SessionId"),
            PartitionKey = Text(broker, "PartitionKey"),
            Subject = Text(broker, "Label"),
            ReplyTo = Text(broker, "ReplyTo"),
            To = Text(broker, "To"),
            DeliveryCount = (int)Number(broker, "DeliveryCount"),
            SequenceNumber = Number(broker, "SequenceNumber"),
            EnqueuedOn = Time(broker, "EnqueuedTimeUtc"),
            ReceivedOn = response.Headers.Date,
            LockedUntil = Time(broker, "LockedUntilUtc"),
            Lock = ReadLock(response, endpoint),
            Properties = ReadProperties(response),
        };
    }

    // Only the path counts: a token goes to no other host than the one it is meant for.
    private static ServiceBusLock? ReadLock(Response response, Uri endpoint) =>
        response.Headers.TryGetValue("Location", out var location) && Uri.TryCreate(endpoint, location, out var address) ? new ServiceBusLock(address.PathAndQuery) : null;

    private static Dictionary<string, string> ReadProperties(Response response)
    {
        var properties = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var header in response.Headers)
        {
            if (!NoProperties.Contains(header.Name) && Value(header.Value) is { } value)
            {
                properties[header.Name] = value;
            }
        }

        return properties;
    }

    // Strings and times stand in quotes; other headers of HTTP are neither quoted, nor numbers or booleans.
    private static string? Value(string text) =>
        text is ['"', .., '"'] && text.Length > 1 ? text[1..^1].Replace("\\\"", "\"", StringComparison.Ordinal)
        : text is "true" or "false" or "True" or "False" || double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _) ? text
        : null;

    private static string? Text(JsonElement broker, string name) =>
        broker.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static long Number(JsonElement broker, string name) =>
        broker.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetInt64() : 0;

    private static DateTimeOffset? Time(JsonElement broker, string name) =>
        Text(broker, name) is { } text ? DateTimeOffset.ParseExact(text, "R", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal) : null;
}
