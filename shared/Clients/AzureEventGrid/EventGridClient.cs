using System.Globalization;
using System.Net;
using Azure.Core;
using Azure.Core.Pipeline;
using Serverless.Components.Clients.AzureRest;

namespace Serverless.Components.Clients.AzureEventGrid;

/// <summary>A custom topic of Event Grid.</summary>
/// <remarks>
/// https://learn.microsoft.com/azure/event-grid/post-to-custom-topic. Nothing is sent again that may have been executed.
/// </remarks>
internal sealed class EventGridClient : IDisposable
{
    /// <summary>Most bytes of one request.</summary>
    public const int MostBytes = 1024 * 1024;

    private const string VersionQuery = "?api-version=2018-01-01";
    private readonly Uri _topic;
    private readonly AzureRestClient _rest;

    /// <summary>Asks nobody yet.</summary>
    /// <param name="topic">The topic's address, <c>https://…/api/events</c>; a missing version is added.</param>
    /// <param name="credential">What proves who asks.</param>
    /// <param name="time">The clock.</param>
    /// <param name="transport">What carries requests; null means connections of the client's own.</param>
    public EventGridClient(Uri topic, EventGridCredential credential, TimeProvider time, HttpPipelineTransport? transport = null)
    {
        _topic = topic.Query.Length == 0 ? new Uri(topic, VersionQuery) : topic;
        _rest = new AzureRestClient(new AzureRestOptions { Service = "Event Grid", Authentication = credential.Policy, Time = time, Transport = transport });
    }

    /// <summary>Publishes events, all or none.</summary>
    /// <param name="events">The JSON text of one event or of an array of them.</param>
    /// <param name="contentType">Says which schema it is.</param>
    /// <param name="cancellationToken">Ends the operation.</param>
    /// <exception cref="ArgumentException">They are too large.</exception>
    /// <exception cref="AzureException">The topic did not take them.</exception>
    public async Task PublishAsync(ReadOnlyMemory<byte> events, string contentType, CancellationToken cancellationToken)
    {
        const string operation = "publish";
        if (events.Length > MostBytes)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"the events have {events.Length} bytes; Event Grid takes {MostBytes} at once"));
        }

        using var message = _rest.CreateMessage(RequestMethod.Post, RepeatRule.IfNotExecuted, request =>
        {
            request.Uri.Reset(_topic);
            request.Headers.SetValue("Content-Type", contentType);
            request.Content = RequestContent.Create(events);
        });
        var response = await _rest.SendAsync(message, operation, cancellationToken);
        if (response.Status != (int)HttpStatusCode.OK)
        {
            throw _rest.Unexpected(response, operation);
        }
    }

    public void Dispose() => _rest.Dispose();
}
