using System.Net;
using System.Text;
using Azure;
using Azure.Core;
using Serverless.Components.Clients.AzureRest;

namespace Serverless.Components.Clients.AzureServiceBus;

/// <remarks>https://learn.microsoft.com/rest/api/servicebus/create-queue. Needs the right to manage.</remarks>
internal sealed partial class ServiceBusClient
{
    /// <summary>Whether there is such a queue; null when who asks may not know.</summary>
    public async Task<bool?> ExistsAsync(ServiceBusEntity queue, CancellationToken cancellationToken)
    {
        var operation = $"look for {queue.Path}";
        using var message = _rest.CreateMessage(RequestMethod.Get, RepeatRule.Freely, request => _requests.Manage(request, queue, null));
        var response = await _rest.SendAsync(message, operation, cancellationToken);
        return (HttpStatusCode)response.Status switch
        {
            // Of what is not there the service gives an empty feed.
            HttpStatusCode.OK => Describes(response),
            HttpStatusCode.NotFound or HttpStatusCode.Gone => false,
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => null,
            _ => throw _rest.Unexpected(response, operation),
        };
    }

    /// <summary>Makes a queue; false when it was there.</summary>
    public async Task<bool> CreateAsync(ServiceBusEntity queue, ServiceBusQueueDescription description, CancellationToken cancellationToken)
    {
        var operation = $"create {queue.Path}";
        using var message = _rest.CreateMessage(RequestMethod.Put, RepeatRule.Freely, request => _requests.Manage(request, queue, description));
        var response = await _rest.SendAsync(message, operation, cancellationToken);
        return (HttpStatusCode)response.Status switch
        {
            HttpStatusCode.Created or HttpStatusCode.OK => true,
            HttpStatusCode.Conflict => false,
            _ => throw _rest.Unexpected(response, operation),
        };
    }

    private static bool Describes(Response response) =>
        response.ContentStream is not null && Encoding.UTF8.GetString(response.Content.ToMemory().Span).Contains("QueueDescription", StringComparison.Ordinal);
}
