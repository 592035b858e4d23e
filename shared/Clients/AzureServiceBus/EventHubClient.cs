using System.Buffers;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Azure.Core;
using Azure.Core.Pipeline;
using Serverless.Components.Clients.AzureRest;

namespace Serverless.Components.Clients.AzureServiceBus;

/// <summary>One event hub, over its REST interface, which can only send.</summary>
/// <remarks>https://learn.microsoft.com/rest/api/eventhub/send-event. Nothing is sent again that may have been executed.</remarks>
internal sealed class EventHubClient : IDisposable
{
    /// <summary>Most bytes of one event in the standard tier.</summary>
    public const int MostBytes = 1024 * 1024;

    /// <summary>What the documentation sends events under when they have no type of their own.</summary>
    private const string DefaultType = "application/atom+xml;type=entry;charset=utf-8";

    /// <summary>Under this type one event would be taken for a batch.</summary>
    private const string BatchType = "application/vnd.microsoft.servicebus.json";

    private const int LongestKey = 128;
    private readonly Uri _address;
    private readonly AzureRestClient _rest;

    /// <summary>Asks nobody yet.</summary>
    /// <param name="target">The namespace.</param>
    /// <param name="hub">The hub's name.</param>
    /// <param name="partition">The only partition that is sent to; null leaves it to the service.</param>
    /// <param name="time">The clock.</param>
    /// <param name="transport">What carries requests; null means connections of the client's own.</param>
    public EventHubClient(ServiceBusNamespace target, string hub, string? partition, TimeProvider time, HttpPipelineTransport? transport = null)
    {
        var resource = $"{target.Endpoint.AbsoluteUri.TrimEnd('/')}/{Uri.EscapeDataString(hub)}";
        var path = partition is null ? "" : $"/partitions/{Uri.EscapeDataString(partition)}";
        _address = new Uri($"{resource}{path}/messages?timeout=60&api-version=2014-01");
        _rest = new AzureRestClient(new AzureRestOptions
        {
            Service = "Event Hubs",
            Authentication = target.Credential.CreatePolicy(resource, time),
            Time = time,
            Transport = transport,
        });
    }

    /// <summary>Sends one event.</summary>
    /// <param name="body">Its content.</param>
    /// <param name="contentType">The content's type; null when it has none.</param>
    /// <param name="partitionKey">Events of one key keep their order; null leaves the partition to the service.</param>
    /// <param name="cancellationToken">Ends the operation.</param>
    /// <exception cref="ArgumentException">It can't be sent; the message says why.</exception>
    /// <exception cref="AzureException">The hub did not take it.</exception>
    public async Task SendAsync(ReadOnlyMemory<byte> body, string? contentType, string? partitionKey, CancellationToken cancellationToken)
    {
        const string operation = "send";
        Check(body, contentType, partitionKey);
        using var message = _rest.CreateMessage(RequestMethod.Post, RepeatRule.IfNotExecuted, request =>
        {
            request.Uri.Reset(_address);
            request.Headers.SetValue("Content-Type", contentType ?? DefaultType);
            if (partitionKey is not null)
            {
                request.Headers.SetValue("BrokerProperties", WriteProperties(partitionKey));
            }

            request.Content = RequestContent.Create(body);
        });
        var response = await _rest.SendAsync(message, operation, cancellationToken);
        if (response.Status != (int)HttpStatusCode.Created)
        {
            throw _rest.Unexpected(response, operation);
        }
    }

    public void Dispose() => _rest.Dispose();

    private static void Check(ReadOnlyMemory<byte> body, string? contentType, string? partitionKey)
    {
        if (body.Length > MostBytes)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"the event has {body.Length} bytes; Event Hubs takes {MostBytes}"));
        }

        if (contentType is not null && (contentType.AsSpan().ContainsAnyExceptInRange(' ', '~') || contentType.StartsWith(BatchType, StringComparison.OrdinalIgnoreCase)))
        {
            throw new ArgumentException("the content type can't be sent");
        }

        if (partitionKey?.Length > LongestKey)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"the partition key has {partitionKey.Length} characters; Event Hubs takes {LongestKey}"));
        }
    }

    // In ASCII, whatever the key: the writer escapes the rest.
    private static string WriteProperties(string partitionKey)
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            writer.WriteString("PartitionKey", partitionKey);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(json.WrittenSpan);
    }
}
