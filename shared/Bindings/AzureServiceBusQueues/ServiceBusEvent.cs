using System.Globalization;
using System.Text.Json;
using Serverless.Components.Clients.AzureServiceBus;
using Serverless.Components.Registry.Triggers;

namespace Serverless.Components.Bindings.AzureServiceBusQueues;

/// <summary>What a call becomes in the queue, and what a message becomes for the app.</summary>
/// <remarks>Dapr: components-contrib, common/component/azure/servicebus, message.go. Names of metadata compare with case.</remarks>
internal static class ServiceBusEvent
{
    private const string ScheduledKey = "ScheduledEnqueueTimeUtc";

    /// <summary>The message of a call.</summary>
    /// <exception cref="BindingException">Something in its metadata can't be used.</exception>
    public static ServiceBusMessage ToMessage(BindingRequest request)
    {
        var message = new ServiceBusMessage { Body = request.Data, TimeToLive = request.TimeToLive() };
        var properties = new Dictionary<string, string>();
        foreach (var (name, value) in request.Metadata)
        {
            if (value.Length > 0 || name == "SessionId")
            {
                message = With(message, name, value, properties);
            }
        }

        return message.SessionId is { } session && message.PartitionKey is { } partition && session != partition
            ? throw new BindingException($"session id {session} and partition key {partition} should be equal when both present")
            : message with { Properties = properties };
    }

    /// <summary>The event of a received message.</summary>
    public static BindingEvent From(ServiceBusDelivery delivery) => new()
    {
        Data = delivery.Body,
        Metadata = Describe(delivery.Properties, delivery.MessageId, delivery.CorrelationId, delivery.Subject),
    };

    /// <summary>The event of a trigger's message.</summary>
    /// <remarks>Functions docs: functions-bindings-service-bus-trigger, "Message metadata".</remarks>
    public static BindingEvent From(TriggerPayload payload)
    {
        string? Text(string name) => payload.Metadata.TryGetValue(name, out var value) && value.Length > 0 ? value : null;
        return new BindingEvent
        {
            Data = payload.Data,
            Metadata = Describe(ReadProperties(Text("ApplicationProperties") ?? Text("UserProperties")), Text("MessageId"), Text("CorrelationId"), Text("Subject") ?? Text("Label")),
        };
    }

    private static ServiceBusMessage With(ServiceBusMessage message, string name, string value, Dictionary<string, string> properties)
    {
        switch (name)
        {
            case "MessageId":
                return message with { MessageId = value };
            case "id":
                return message with { MessageId = message.MessageId ?? value };
            case "CorrelationId":
                return message with { CorrelationId = value };
            case "correlationID":
                return message with { CorrelationId = message.CorrelationId ?? value };
            case "SessionId":
                return message with { SessionId = value };
            case "Label":
                return message with { Subject = value };
            case "ReplyTo":
                return message with { ReplyTo = value };
            case "To":
                return message with { To = value };
            case "PartitionKey":
                return message with { PartitionKey = value };
            case "ContentType":
                return message with { ContentType = value };
            case ScheduledKey:
                return message with { ScheduledOn = ReadTime(value) };
            case "ttl" or "ttlInSeconds":
                return message;
            default:
                properties[name] = value;
                return message;
        }
    }

    private static DateTimeOffset ReadTime(string text)
    {
        // RFC 3339 has a date like 2024-06-15T…; whatever else the parser would take is not meant.
        var isRfc3339 = text.Length >= 20 && text[4] == '-' && text[10] is 'T' or 't';
        return DateTimeOffset.TryParseExact(text, "R", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            || (isRfc3339 && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time))
            ? time
            : throw new BindingException($"invalid time format for {ScheduledKey}; expected HTTP time format or RFC3339");
    }

    // The broker's own come last, so that no sender can pass another id off as the message's, in whatever case: they become headers.
    private static Dictionary<string, string> Describe(IReadOnlyDictionary<string, string> properties, string? id, string? correlation, string? label)
    {
        var metadata = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in properties)
        {
            metadata[name] = value;
        }

        Add("id", id);
        Add("correlationID", correlation);
        Add("label", label);
        return metadata;

        void Add(string name, string? value)
        {
            metadata.Remove(name);
            if (value is not null)
            {
                metadata[name] = value;
            }
        }
    }

    private static Dictionary<string, string> ReadProperties(string? json)
    {
        var properties = new Dictionary<string, string>();
        try
        {
            using var document = JsonDocument.Parse(json ?? "{}");
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                foreach (var property in document.RootElement.EnumerateObject())
                {
                    if (property.Value.ValueKind is JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False)
                    {
                        properties[property.Name] = property.Value.ToString();
                    }
                }
            }
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            // The message is more than what stands around it.
        }

        return properties;
    }
}
