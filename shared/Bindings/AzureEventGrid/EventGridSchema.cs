using System.Text;
using System.Text.Json;

namespace Serverless.Components.Bindings.AzureEventGrid;

/// <summary>The two forms that events have: Event Grid's own, and CloudEvents.</summary>
/// <remarks>https://learn.microsoft.com/azure/event-grid/event-schema and cloud-event-schema.</remarks>
internal static class EventGridSchema
{
    private const string OneCloudEvent = "application/cloudevents+json";
    private const string CloudEvents = "application/cloudevents-batch+json";
    private const string EventGridEvents = "application/json";
    private const string ValidationType = "Microsoft.EventGrid.SubscriptionValidationEvent";

    // As deep as Go's parser goes. What can't be read here is answered 400, and a sender does not send that again.
    private const int DeepestNesting = 10_000;

    /// <summary>The content type under which a topic understands the data: by what they look like, else as daprd sends everything.</summary>
    public static string ContentTypeOf(ReadOnlySpan<byte> data)
    {
        var reader = new Utf8JsonReader(data, new JsonReaderOptions { MaxDepth = DeepestNesting });
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray)
        {
            return OneCloudEvent;
        }

        return reader.Read() && reader.TokenType == JsonTokenType.StartObject && HasMember(ref reader, "specversion"u8) ? CloudEvents : EventGridEvents;
    }

    /// <summary>What stands in a request of Event Grid: one event or an array of them, in either form, or a handshake.</summary>
    public static WebhookContent Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = DeepestNesting });
            return document.RootElement.ValueKind switch
            {
                JsonValueKind.Object => Read([document.RootElement]),
                JsonValueKind.Array => Read([.. document.RootElement.EnumerateArray()]),
                _ => new WebhookContent { Fault = "the body is neither an event nor an array of events" },
            };
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return new WebhookContent { Fault = "the body is no JSON" };
        }
    }

    private static WebhookContent Read(List<JsonElement> events)
    {
        if (events.Exists(one => one.ValueKind != JsonValueKind.Object))
        {
            return new WebhookContent { Fault = "an element of the array is no event" };
        }

        // The handshake comes alone. Among others, its type is only what some publisher called an event.
        return events is [var single] && Text(single, "eventType") == ValidationType
            ? Validate(single)
            : new WebhookContent { Events = [.. events.Select(one => new BindingEvent { Data = Raw(one) })] };
    }

    private static WebhookContent Validate(JsonElement validation)
    {
        if (!validation.TryGetProperty("data", out var data) || data.ValueKind != JsonValueKind.Object || Text(data, "validationCode") is not { } code)
        {
            return new WebhookContent { Fault = "the validation event has no validationCode" };
        }

        using var reply = new MemoryStream();
        using (var writer = new Utf8JsonWriter(reply))
        {
            writer.WriteStartObject();
            writer.WriteString("validationResponse", code);
            writer.WriteEndObject();
        }

        return new WebhookContent { Reply = reply.ToArray() };
    }

    // As it was sent, every number and escape included.
    private static byte[] Raw(JsonElement one) => Encoding.UTF8.GetBytes(one.GetRawText());

    private static string? Text(JsonElement one, string name) =>
        one.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static bool HasMember(ref Utf8JsonReader reader, ReadOnlySpan<byte> name)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals(name))
            {
                return true;
            }

            reader.Skip();
        }

        return false;
    }
}
