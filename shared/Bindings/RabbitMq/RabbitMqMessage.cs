using System.Globalization;
using System.Text;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Serverless.Components.Bindings.RabbitMq;

/// <summary>What a call's metadata becomes in a message, and a message's headers in an event.</summary>
/// <remarks>Dapr docs: reference/components-reference/supported-bindings/rabbitmq.</remarks>
internal static class RabbitMqMessage
{
    private const int HighestPriority = 255;

    // The client numbers its messages with it, to know a returned one again.
    private const string ClientsOwn = "x-dotnet-pub-seq-no";

    /// <summary>Every item of the metadata is a header, those too that set something of the message.</summary>
    /// <exception cref="BindingException">A value is not usable.</exception>
    public static BasicProperties ToProperties(BindingRequest request)
    {
        var properties = new BasicProperties
        {
            DeliveryMode = DeliveryModes.Persistent,
            ContentType = Text(request, "contentType") ?? "text/plain",
            Headers = request.Metadata.ToDictionary(item => item.Key, item => (object?)item.Value),
        };
        if (Text(request, "messageID") is { } messageId)
        {
            properties.MessageId = messageId;
        }

        if (Text(request, "correlationID") is { } correlationId)
        {
            properties.CorrelationId = correlationId;
        }

        if (Text(request, "type") is { } type)
        {
            properties.Type = type;
        }

        if (request.TimeToLive() is { } ttl)
        {
            properties.Expiration = ((long)ttl.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
        }

        if (request.Text("priority") is { } priority)
        {
            properties.Priority = int.TryParse(priority, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                ? (byte)Math.Clamp(number, 0, HighestPriority)
                : throw new BindingException($"priority value must be a valid integer: actual is '{priority}'");
        }

        return properties;
    }

    /// <summary>The event; names and values of headers with text are escaped as in a query, as Dapr does.</summary>
    public static BindingEvent ToEvent(BasicDeliverEventArgs message)
    {
        var metadata = new Dictionary<string, string>();
        foreach (var (name, value) in message.BasicProperties.Headers ?? new Dictionary<string, object?>())
        {
            if (value is byte[] bytes && name != ClientsOwn)
            {
                metadata[Escape(name)] = Escape(Encoding.UTF8.GetString(bytes));
            }
        }

        // The memory is the client's own.
        return new BindingEvent { Data = message.Body.ToArray(), Metadata = metadata };
    }

    // The exact name first, then any case: messageId is written both ways.
    private static string? Text(BindingRequest request, string name) => request.Text(name)
        ?? request.Metadata.FirstOrDefault(item => item.Value.Length > 0 && item.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    private static string Escape(string text) => Uri.EscapeDataString(text).Replace("%20", "+", StringComparison.Ordinal);
}
