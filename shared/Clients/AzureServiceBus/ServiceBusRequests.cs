using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Azure.Core;

namespace Serverless.Components.Clients.AzureServiceBus;

/// <summary>The requests to a namespace's entities.</summary>
/// <remarks>https://learn.microsoft.com/rest/api/servicebus/service-bus-runtime-rest.</remarks>
/// <param name="endpoint">The namespace.</param>
internal sealed class ServiceBusRequests(Uri endpoint)
{
    /// <summary>Exactly this makes a batch: with a charset behind it the array would be the content of one message.</summary>
    public const string BatchType = "application/vnd.microsoft.servicebus.json";

    private const string AtomType = "application/atom+xml";

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>
    /// <c>POST /entity/messages</c> in batch form, which has properties in any script and no headers that could be slipped in. Only content of a
    /// type of its own goes alone: a batch can't tell types.
    /// </summary>
    public void Send(Request request, ServiceBusEntity entity, IReadOnlyList<ServiceBusMessage> messages)
    {
        Address(request, $"/{entity.Path}/messages");
        if (messages is [{ ContentType: not null } single])
        {
            SendAlone(request, single);
            return;
        }

        var body = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(body))
        {
            writer.WriteStartArray();
            foreach (var message in messages)
            {
                Write(writer, message);
            }

            writer.WriteEndArray();
        }

        request.Headers.SetValue("Content-Type", BatchType);
        request.Content = RequestContent.Create(body.WrittenMemory);
    }

    /// <summary><c>POST</c> (locks) or <c>DELETE</c> (for good) <c>/entity/messages/head?timeout=seconds</c>.</summary>
    public void Receive(Request request, ServiceBusEntity entity, int seconds) =>
        Address(request, string.Create(CultureInfo.InvariantCulture, $"/{entity.Path}/messages/head?timeout={seconds}"));

    /// <summary><c>POST</c> (keeps), <c>PUT</c> (abandons) or <c>DELETE</c> (completes) the address of a lock.</summary>
    public void Settle(Request request, ServiceBusLock delivery) => Address(request, delivery.Target);

    /// <summary><c>GET</c> (describes) or <c>PUT</c> (makes) <c>/entity?api-version=…</c>.</summary>
    /// <param name="request">The request.</param>
    /// <param name="entity">A queue.</param>
    /// <param name="description">What to make; null for a description.</param>
    public void Manage(Request request, ServiceBusEntity entity, ServiceBusQueueDescription? description)
    {
        Address(request, $"/{entity.Path}?api-version=2021-05");
        request.Headers.SetValue("Accept", AtomType);
        if (description is not null)
        {
            request.Headers.SetValue("Content-Type", AtomType);
            request.Content = RequestContent.Create(description.ToAtom());
        }
    }

    private void Address(Request request, string target) => request.Uri.Reset(new Uri(endpoint.GetLeftPart(UriPartial.Authority) + target));

    private static void Write(Utf8JsonWriter writer, ServiceBusMessage message)
    {
        writer.WriteStartObject();
        WriteBody(writer, message.Body.Span);
        writer.WriteStartObject("BrokerProperties");
        WriteBroker(writer, message, isAlone: false);
        writer.WriteEndObject();
        if (message.Properties.Count > 0)
        {
            writer.WriteStartObject("UserProperties");
            foreach (var (name, value) in message.Properties)
            {
                writer.WriteString(name, value);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static void SendAlone(Request request, ServiceBusMessage message)
    {
        request.Headers.SetValue("Content-Type", message.ContentType!);
        var broker = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(broker))
        {
            writer.WriteStartObject();
            WriteBroker(writer, message, isAlone: true);
            writer.WriteEndObject();
        }

        // ASCII: the writer escapes the rest.
        request.Headers.SetValue("BrokerProperties", Encoding.UTF8.GetString(broker.WrittenSpan));
        foreach (var (name, value) in message.Properties)
        {
            request.Headers.SetValue(name, ServiceBusHeader.Quote(value));
        }

        request.Content = RequestContent.Create(message.Body);
    }

    private static void WriteBroker(Utf8JsonWriter writer, ServiceBusMessage message, bool isAlone)
    {
        WriteText(writer, "MessageId", message.MessageId);
        WriteText(writer, "CorrelationId", message.CorrelationId);
        WriteText(writer, "SessionId", message.SessionId);
        WriteText(writer, "PartitionKey", message.PartitionKey);
        WriteText(writer, "Label", message.Subject);
        WriteText(writer, "ReplyTo", message.ReplyTo);
        WriteText(writer, "To", message.To);
        if (isAlone && message.TimeToLive is { } life)
        {
            writer.WriteNumber("TimeToLive", life.TotalSeconds);
        }
        else
        {
            WriteText(writer, "TimeToLiveTimeSpan", message.TimeToLive?.ToString(@"d\.hh\:mm\:ss\.fffffff", CultureInfo.InvariantCulture));
        }

        WriteText(writer, "ScheduledEnqueueTimeUtc", message.ScheduledOn?.ToString("R", CultureInfo.InvariantCulture));
    }

    private static void WriteBody(Utf8JsonWriter writer, ReadOnlySpan<byte> body)
    {
        try
        {
            writer.WriteString("Body", StrictUtf8.GetString(body));
        }
        catch (DecoderFallbackException)
        {
            writer.WriteBase64String("Body", body);
            writer.WriteBoolean("IsBodyBase64", true);
        }
    }

    private static void WriteText(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }
}
