using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Serverless.Components.Clients.AzureRest;

namespace Serverless.Components.Clients.AzureServiceBus;

/// <summary>Queues, topics and subscriptions of one Service Bus namespace, over its REST interface.</summary>
/// <remarks>
/// Nothing is sent again that may have been executed, and receiving is not repeated at all: a message received twice is lost once.
/// Each operation throws <see cref="AzureException"/> for what is not among its results, and <see cref="OperationCanceledException"/>.
/// The interface has no sessions to receive from, no deferral, no reasons for dead letters, and no way to take back what is scheduled.
/// </remarks>
internal sealed partial class ServiceBusClient : IDisposable
{
    /// <summary>What messages call the service.</summary>
    public const string ServiceName = "Service Bus";

    /// <summary>The longest wait for a message; the service's own limit is not far above it.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(55);

    /// <summary>What the standard tier takes, for one request with all its messages.</summary>
    public const int StandardMostBytes = 256 * 1024;

    private const int LongestId = 128;
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(15);

    private readonly Uri _endpoint;
    private readonly int _mostBytes;
    private readonly ServiceBusRequests _requests;
    private readonly AzureRestClient _rest;

    /// <summary>Asks nobody yet.</summary>
    /// <param name="target">The namespace.</param>
    /// <param name="time">The clock.</param>
    /// <param name="mostBytes">Most bytes of content and properties that are sent at once.</param>
    /// <param name="transport">What carries requests; null means connections of the client's own.</param>
    /// <param name="sending">Retries and time limit of a request; null means the usual ones.</param>
    public ServiceBusClient(ServiceBusNamespace target, TimeProvider time, int mostBytes = StandardMostBytes, HttpPipelineTransport? transport = null, AzureRestOptions? sending = null)
    {
        _endpoint = target.Endpoint;
        _mostBytes = mostBytes;
        _requests = new ServiceBusRequests(target.Endpoint);
        var resource = $"{target.Endpoint.AbsoluteUri.TrimEnd('/')}{(target.EntityPath is { } path ? $"/{path}" : "")}";
        _rest = new AzureRestClient((sending ?? new AzureRestOptions { Service = ServiceName, Timeout = AnswerTime }) with
        {
            Authentication = target.Credential.CreatePolicy(resource, time),
            Time = time,
            Transport = transport,
        });
    }

    /// <summary>Sends messages, all or none.</summary>
    /// <exception cref="ArgumentException">There is none, they are too large, or an id is too long.</exception>
    public async Task SendAsync(ServiceBusEntity entity, IReadOnlyList<ServiceBusMessage> messages, CancellationToken cancellationToken)
    {
        Check(messages);
        var operation = $"send to {entity.Path}";
        using var message = _rest.CreateMessage(RequestMethod.Post, RepeatRule.IfNotExecuted, request => _requests.Send(request, entity, messages));
        var response = await _rest.SendAsync(message, operation, cancellationToken);
        if (response.Status != (int)HttpStatusCode.Created)
        {
            throw _rest.Unexpected(response, operation);
        }
    }

    /// <summary>Receives a message and locks it; null when none came in time.</summary>
    /// <param name="entity">A queue or subscription.</param>
    /// <param name="wait">How long to wait for one, in whole seconds, at most <see cref="LongestWait"/>.</param>
    /// <param name="cancellationToken">Ends the wait; a message that was on its way stays locked for its time.</param>
    public Task<ServiceBusDelivery?> ReceiveAsync(ServiceBusEntity entity, TimeSpan wait, CancellationToken cancellationToken) =>
        ReceiveAsync(RequestMethod.Post, entity, wait, cancellationToken);

    /// <summary>Receives a message for good; null when none came in time. What the connection loses is lost.</summary>
    /// <param name="entity">A queue or subscription.</param>
    /// <param name="wait">How long to wait for one, in whole seconds, at most <see cref="LongestWait"/>.</param>
    /// <param name="cancellationToken">Ends the wait; a message that was on its way is lost.</param>
    public Task<ServiceBusDelivery?> ReceiveAndDeleteAsync(ServiceBusEntity entity, TimeSpan wait, CancellationToken cancellationToken) =>
        ReceiveAsync(RequestMethod.Delete, entity, wait, cancellationToken);

    /// <summary>Keeps a message for another lock duration; false when the lock is lost and the message will be, or was, delivered again.</summary>
    public Task<bool> RenewAsync(ServiceBusLock delivery, CancellationToken cancellationToken) =>
        SettleAsync("renew lock", RequestMethod.Post, RepeatRule.Freely, delivery, cancellationToken);

    /// <summary>Gives a message back, to be delivered again at once; false when the lock is lost.</summary>
    public Task<bool> AbandonAsync(ServiceBusLock delivery, CancellationToken cancellationToken) =>
        SettleAsync("abandon message", RequestMethod.Put, RepeatRule.IfNotExecuted, delivery, cancellationToken);

    /// <summary>Deletes a message that was processed; false when the lock is lost and it will be, or was, delivered again.</summary>
    public Task<bool> CompleteAsync(ServiceBusLock delivery, CancellationToken cancellationToken) =>
        SettleAsync("complete message", RequestMethod.Delete, RepeatRule.IfNotExecuted, delivery, cancellationToken);

    public void Dispose() => _rest.Dispose();

    private async Task<ServiceBusDelivery?> ReceiveAsync(RequestMethod method, ServiceBusEntity entity, TimeSpan wait, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(wait, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(wait, LongestWait);
        var operation = $"receive from {entity.Path}";
        using var message = _rest.CreateMessage(method, RepeatRule.Never, request => _requests.Receive(request, entity, (int)wait.TotalSeconds));
        var response = await _rest.SendAsync(message, operation, wait + AnswerTime, cancellationToken);
        switch ((HttpStatusCode)response.Status)
        {
            case HttpStatusCode.OK or HttpStatusCode.Created:
                return Read(response, operation, isLocked: method == RequestMethod.Post);
            case HttpStatusCode.NoContent:
                return null;
            default:
                throw _rest.Unexpected(response, operation);
        }
    }

    private ServiceBusDelivery Read(Response response, string operation, bool isLocked)
    {
        try
        {
            var delivery = ServiceBusDeliveryReader.Read(response, _endpoint);
            return !isLocked ? delivery with { Lock = null }
                : delivery.Lock is not null ? delivery
                : throw new FormatException("it does not say where the lock is");
        }
        catch (Exception fault) when (fault is JsonException or FormatException or OverflowException or InvalidOperationException)
        {
            throw _rest.Unreadable(response, operation, fault, isFateUnknown: true);
        }
    }

    private async Task<bool> SettleAsync(string operation, RequestMethod method, RepeatRule rule, ServiceBusLock delivery, CancellationToken cancellationToken)
    {
        using var message = _rest.CreateMessage(method, rule, request => _requests.Settle(request, delivery));
        var response = await _rest.SendAsync(message, operation, cancellationToken);
        return (HttpStatusCode)response.Status switch
        {
            HttpStatusCode.OK or HttpStatusCode.NoContent => true,

            // The documentation names 404; the others have been seen.
            HttpStatusCode.NotFound or HttpStatusCode.Conflict or HttpStatusCode.Gone => false,
            _ => throw _rest.Unexpected(response, operation),
        };
    }

    private void Check(IReadOnlyList<ServiceBusMessage> messages)
    {
        ArgumentOutOfRangeException.ThrowIfZero(messages.Count, nameof(messages));
        var bytes = messages.Sum(message => (long)message.Body.Length + message.Properties.Sum(property => Encoding.UTF8.GetByteCount(property.Key) + Encoding.UTF8.GetByteCount(property.Value)));
        if (bytes > _mostBytes)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"the messages have {bytes} bytes; Service Bus takes {_mostBytes} at once"));
        }

        foreach (var message in messages)
        {
            CheckId(nameof(message.MessageId), message.MessageId);
            CheckId(nameof(message.SessionId), message.SessionId);
            CheckId(nameof(message.PartitionKey), message.PartitionKey);
            CheckType(message, messages.Count);
        }
    }

    private static void CheckType(ServiceBusMessage message, int count)
    {
        if (message.ContentType is not { } type)
        {
            return;
        }

        if (count > 1)
        {
            throw new ArgumentException("a message with a ContentType can only be sent alone");
        }

        if (type.Length == 0 || !ServiceBusHeader.IsPrintable(type) || type.StartsWith(ServiceBusRequests.BatchType, StringComparison.OrdinalIgnoreCase))
        {
            throw new ArgumentException("the ContentType can't be sent");
        }

        foreach (var (name, value) in message.Properties)
        {
            if (!ServiceBusHeader.IsFree(name) || !ServiceBusHeader.IsPrintable(value))
            {
                throw new ArgumentException($"the property '{name}' can't be sent beside a ContentType: both travel as headers of HTTP");
            }
        }
    }

    private static void CheckId(string name, string? value)
    {
        if (value?.Length > LongestId)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"the {name} has {value.Length} characters; Service Bus takes {LongestId}"));
        }
    }
}
