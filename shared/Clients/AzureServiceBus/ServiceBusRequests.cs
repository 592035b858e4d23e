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
    private const string BatchType = "application/vnd.microsoft.servicebus.json";

    private const string AtomType = "application/atom+xml";

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary><c>POST /entity/messages</c>, always in batch form: it has properties in any script, and no header can be slipped in.</summary>
    public void Send(Request request, ServiceBusEntity entity, IReadOnlyList<ServiceBusMessage> messages)
    {
        Address(request, $"/{entity.Path}/messages");
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
        WriteText(writer, "MessageId", message.MessageId);
        WriteText(writer, "CorrelationId", message.CorrelationId);
        WriteText(writer, "ContentType", message.ContentType);
        WriteText(writer, "SessionId", message.SessionId);
        WriteText(writer, "PartitionKey", message.PartitionKey);
        WriteText(writer, "Label", message.Subject);
        WriteText(writer, "ReplyTo", message.ReplyTo);
        WriteText(writer, "To", message.To);
        WriteText(writer, "TimeToLiveTimeSpan", message.TimeToLive?.ToString(@"d\.hh\:mm\:ss\.fffffff", CultureInfo.InvariantCulture));
        WriteText(writer, "ScheduledEnqueueTimeUtc", message.ScheduledOn?.ToString("R", CultureInfo.InvariantCulture));
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
