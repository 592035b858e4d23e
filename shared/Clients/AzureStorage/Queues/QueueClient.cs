using System.Globalization;
using System.Net;
using System.Xml;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Serverless.Components.Clients.AzureRest;

namespace Serverless.Components.Clients.AzureStorage.Queues;

/// <summary>One queue of Azure Queue Storage.</summary>
/// <remarks>
/// Nothing is sent again that may have been executed: a second put would double a message, and a second receive hide others for their
/// visibility time. Receiving is not repeated at all, because who receives asks again anyway.
/// Each operation throws <see cref="AzureException"/> for what is not among its results, and <see cref="OperationCanceledException"/>.
/// </remarks>
internal sealed class QueueClient : IDisposable
{
    /// <summary>Most messages that one receive or look gives.</summary>
    public const int MostMessages = 32;

    /// <summary>The longest time for which a message can be hidden.</summary>
    public static readonly TimeSpan LongestVisibility = TimeSpan.FromDays(7);

    private readonly QueueRequests _requests;
    private readonly AzureRestClient _rest;

    /// <summary>Asks nobody yet.</summary>
    /// <param name="account">The queue service.</param>
    /// <param name="queue">The queue's name.</param>
    /// <param name="time">The clock.</param>
    /// <param name="transport">What carries requests; null means connections of the client's own.</param>
    /// <exception cref="ArgumentException">The name breaks the rule for queues.</exception>
    public QueueClient(StorageAccount account, string queue, TimeProvider time, HttpPipelineTransport? transport = null)
    {
        if (!QueueName.IsValid(queue))
        {
            throw new ArgumentException($"the name of a queue has {QueueName.Rule}", nameof(queue));
        }

        _requests = new QueueRequests(account.Endpoint, queue);
        _rest = new AzureRestClient(new AzureRestOptions
        {
            Service = "Queue Storage",
            Authentication = account.Credential?.CreatePolicy(StorageService.Queue, time),
            Time = time,
            Transport = transport,
        });
    }

    /// <summary>Creates the queue; false when it was there.</summary>
    public async Task<bool> CreateAsync(CancellationToken cancellationToken)
    {
        const string operation = "create queue";
        using var message = _rest.CreateMessage(RequestMethod.Put, RepeatRule.Freely, _requests.Queue);
        var response = await _rest.SendAsync(message, operation, cancellationToken);
        return (HttpStatusCode)response.Status switch
        {
            HttpStatusCode.Created => true,
            HttpStatusCode.NoContent => false,

            // It has other metadata, which are not ours.
            HttpStatusCode.Conflict when AzureError.Read(response).Code == "QueueAlreadyExists" => false,
            _ => throw _rest.Unexpected(response, operation),
        };
    }

    /// <summary>Deletes the queue with its messages; false when there is none.</summary>
    public Task<bool> DeleteAsync(CancellationToken cancellationToken) =>
        TryAsync("delete queue", RequestMethod.Delete, RepeatRule.IfNotExecuted, _requests.Queue, cancellationToken);

    /// <summary>About how many messages there are, the hidden ones included; null when there is no queue.</summary>
    public async Task<int?> CountAsync(CancellationToken cancellationToken)
    {
        const string operation = "count messages";
        using var message = _rest.CreateMessage(RequestMethod.Get, RepeatRule.Freely, _requests.Metadata);
        var response = await _rest.SendAsync(message, operation, cancellationToken);
        return (HttpStatusCode)response.Status switch
        {
            HttpStatusCode.OK when response.Headers.TryGetValue("x-ms-approximate-messages-count", out var text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) => count,
            HttpStatusCode.NotFound => null,
            _ => throw _rest.Unexpected(response, operation),
        };
    }

    /// <summary>Puts a message and gives it without its text; null when there is no queue.</summary>
    /// <param name="text">The text; see <see cref="QueueText.Fault"/>.</param>
    /// <param name="visibility">After how long it can be received.</param>
    /// <param name="timeToLive">After how long it is dropped; null means never. Longer than the visibility.</param>
    /// <param name="cancellationToken">Ends the operation.</param>
    /// <exception cref="ArgumentException">The text can't be sent; the message says why.</exception>
    public async Task<QueueMessage?> PutAsync(string text, TimeSpan visibility, TimeSpan? timeToLive, CancellationToken cancellationToken)
    {
        const string operation = "put message";
        Check(text);
        using var message = _rest.CreateMessage(RequestMethod.Post, RepeatRule.IfNotExecuted, request => _requests.Put(request, text, visibility, timeToLive));
        var response = await _rest.SendAsync(message, operation, cancellationToken);
        return (HttpStatusCode)response.Status switch
        {
            HttpStatusCode.Created => Read(response, operation, isFateUnknown: true, static answer => QueueXml.Read(Content(answer)) is [var put] ? put : throw new FormatException("it is not about one message")),
            HttpStatusCode.NotFound => null,
            _ => throw _rest.Unexpected(response, operation),
        };
    }

    /// <summary>Receives messages, oldest first as a rule, and hides them from others; null when there is no queue.</summary>
    /// <param name="count">Most messages, 1 to <see cref="MostMessages"/>.</param>
    /// <param name="visibility">After how long others can receive them, 1 s to <see cref="LongestVisibility"/>.</param>
    /// <param name="cancellationToken">Ends the operation; what was received already stays hidden for its time.</param>
    public async Task<IReadOnlyList<QueueMessage>?> GetAsync(int count, TimeSpan visibility, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, MostMessages);
        return await ListAsync("receive messages", RepeatRule.Never, request => _requests.Get(request, count, visibility), cancellationToken);
    }

    /// <summary>Looks at messages that could be received, without receiving them; null when there is no queue.</summary>
    /// <param name="count">Most messages, 1 to <see cref="MostMessages"/>.</param>
    /// <param name="cancellationToken">Ends the operation.</param>
    public async Task<IReadOnlyList<QueueMessage>?> PeekAsync(int count, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, MostMessages);
        return await ListAsync("look at messages", RepeatRule.Freely, request => _requests.Peek(request, count), cancellationToken);
    }

    /// <summary>Hides a received message anew, perhaps with another text.</summary>
    /// <param name="id">The message.</param>
    /// <param name="popReceipt">Its latest receipt.</param>
    /// <param name="visibility">After how long others can receive it, from now.</param>
    /// <param name="text">The new text; null leaves it.</param>
    /// <param name="cancellationToken">Ends the operation.</param>
    /// <exception cref="ArgumentException">The text can't be sent; the message says why.</exception>
    public async Task<QueueUpdate> UpdateAsync(string id, string popReceipt, TimeSpan visibility, string? text, CancellationToken cancellationToken)
    {
        const string operation = "update message";
        Check(text ?? "");
        using var message = _rest.CreateMessage(RequestMethod.Put, RepeatRule.IfNotExecuted, request => _requests.Update(request, id, popReceipt, visibility, text));
        var response = await _rest.SendAsync(message, operation, cancellationToken);
        if (response.Status != (int)HttpStatusCode.NoContent)
        {
            return new QueueUpdate(Refusal(response, operation));
        }

        return Read(response, operation, isFateUnknown: true, static answer =>
            answer.Headers.TryGetValue("x-ms-popreceipt", out var receipt) && answer.Headers.TryGetValue("x-ms-time-next-visible", out var visible)
                ? new QueueUpdate(QueueOutcome.Done, receipt, QueueXml.Time(visible))
                : throw new FormatException("it has no receipt or no time"));
    }

    /// <summary>Deletes a received message.</summary>
    /// <param name="id">The message.</param>
    /// <param name="popReceipt">Its latest receipt.</param>
    /// <param name="cancellationToken">Ends the operation.</param>
    public async Task<QueueOutcome> DeleteAsync(string id, string popReceipt, CancellationToken cancellationToken)
    {
        const string operation = "delete message";
        using var message = _rest.CreateMessage(RequestMethod.Delete, RepeatRule.IfNotExecuted, request => _requests.Delete(request, id, popReceipt));
        var response = await _rest.SendAsync(message, operation, cancellationToken);
        return response.Status == (int)HttpStatusCode.NoContent ? QueueOutcome.Done : Refusal(response, operation);
    }

    /// <summary>Deletes all messages; false when there is no queue. With very many of them the service may give up (<c>OperationTimedOut</c>): then again.</summary>
    public Task<bool> ClearAsync(CancellationToken cancellationToken) =>
        TryAsync("clear queue", RequestMethod.Delete, RepeatRule.Freely, _requests.Clear, cancellationToken);

    public void Dispose() => _rest.Dispose();

    private static Stream Content(Response response) => response.ContentStream ?? Stream.Null;

    private static void Check(string text)
    {
        if (QueueText.Fault(text) is { } fault)
        {
            throw new ArgumentException(fault, nameof(text));
        }
    }

    private async Task<bool> TryAsync(string operation, RequestMethod method, RepeatRule rule, Action<Request> fill, CancellationToken cancellationToken)
    {
        using var message = _rest.CreateMessage(method, rule, fill);
        var response = await _rest.SendAsync(message, operation, cancellationToken);
        return (HttpStatusCode)response.Status switch
        {
            HttpStatusCode.NoContent => true,
            HttpStatusCode.NotFound => false,
            _ => throw _rest.Unexpected(response, operation),
        };
    }

    private async Task<IReadOnlyList<QueueMessage>?> ListAsync(string operation, RepeatRule rule, Action<Request> fill, CancellationToken cancellationToken)
    {
        using var message = _rest.CreateMessage(RequestMethod.Get, rule, fill);
        var response = await _rest.SendAsync(message, operation, cancellationToken);
        return (HttpStatusCode)response.Status switch
        {
            HttpStatusCode.OK => Read(response, operation, rule != RepeatRule.Freely, static answer => QueueXml.Read(Content(answer))),
            HttpStatusCode.NotFound => null,
            _ => throw _rest.Unexpected(response, operation),
        };
    }

    private T Read<T>(Response response, string operation, bool isFateUnknown, Func<Response, T> read)
    {
        try
        {
            return read(response);
        }
        catch (Exception fault) when (fault is XmlException or FormatException or OverflowException)
        {
            throw _rest.Unreadable(response, operation, fault, isFateUnknown);
        }
    }

    private QueueOutcome Refusal(Response response, string operation) => ((HttpStatusCode)response.Status, AzureError.Read(response).Code) switch
    {
        (HttpStatusCode.NotFound, "QueueNotFound") => QueueOutcome.QueueNotFound,
        (HttpStatusCode.NotFound, _) => QueueOutcome.MessageNotFound,
        (HttpStatusCode.BadRequest, "PopReceiptMismatch") => QueueOutcome.PopReceiptMismatch,
        _ => throw _rest.Unexpected(response, operation),
    };
}
