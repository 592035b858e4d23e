using System.Net;
using System.Text.Json;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Serverless.Components.Clients.AzureRest;

namespace Serverless.Components.Clients.AzureDurableFunctions;

/// <summary>The orchestrations of a Durable Functions app, over its HTTP management API.</summary>
/// <remarks>
/// https://learn.microsoft.com/azure/azure-functions/durable/durable-functions-http-api. Nothing that changes something is sent again unless it
/// was certainly not executed. Every method throws <see cref="AzureException"/> for what the app or the way to it did; no message has the address's query.
/// </remarks>
internal sealed class DurableFunctionsClient : IDisposable
{
    private const long LongestAnswer = 100 << 20;
    private readonly DurableFunctionsRequests _requests;
    private readonly AzureRestClient _rest;

    /// <summary>Asks nobody yet.</summary>
    public DurableFunctionsClient(DurableFunctionsOptions options)
    {
        _requests = new DurableFunctionsRequests(options);
        _rest = new AzureRestClient(new AzureRestOptions
        {
            Service = "Durable Functions",
            Authentication = options.Credential is { } credential ? new BearerTokenAuthenticationPolicy(credential, options.Scope!) : null,
            Timeout = options.Timeout,
            LongestAnswer = LongestAnswer,
            Time = options.Time,
            Transport = options.Transport,
        });
    }

    /// <summary>Whether a name or an id can be sent: the API has no way to say one with a slash.</summary>
    public static bool CanSay(string text) => DurableFunctionsRequests.IsPart(text);

    /// <summary>Starts an orchestration.</summary>
    /// <param name="name">The orchestrator function.</param>
    /// <param name="instanceId">The instance id.</param>
    /// <param name="input">JSON; null for none.</param>
    /// <param name="cancellationToken">The caller gave up.</param>
    public async Task<DurableOutcome> StartAsync(string name, string instanceId, ReadOnlyMemory<byte>? input, CancellationToken cancellationToken)
    {
        const string operation = "start";
        using var message = Create(RequestMethod.Post, request => _requests.Start(request, name, instanceId, input));
        var response = await _rest.SendAsync(message, operation, cancellationToken);
        return (HttpStatusCode)response.Status switch
        {
            HttpStatusCode.Accepted => Read(response, operation, DurableJson.ReadStartedId) == instanceId ? DurableOutcome.Done
                : throw _rest.Unreadable(response, operation, new FormatException("it confirms another id"), isFateUnknown: true),
            HttpStatusCode.Conflict => DurableOutcome.Exists,
            _ => throw _rest.Unexpected(response, operation),
        };
    }

    /// <summary>Reads an orchestration; null when there is none.</summary>
    public async Task<DurableInstance?> GetAsync(string instanceId, bool withInput, bool withHistory, CancellationToken cancellationToken)
    {
        const string operation = "get";
        using var message = _rest.CreateMessage(RequestMethod.Get, RepeatRule.Freely, request => _requests.Get(request, instanceId, withInput, withHistory));
        var response = await _rest.SendAsync(message, operation, cancellationToken);
        return (HttpStatusCode)response.Status switch
        {
            HttpStatusCode.OK or HttpStatusCode.Accepted => Read(response, operation, DurableJson.ReadInstance),
            HttpStatusCode.NotFound when IsPlain(response) => null,
            _ => throw _rest.Unexpected(response, operation),
        };
    }

    /// <summary>Sends an external event.</summary>
    public Task<DurableOutcome> RaiseAsync(string instanceId, string eventName, ReadOnlyMemory<byte> json, CancellationToken cancellationToken) =>
        ChangeAsync("raise event", RequestMethod.Post, request => _requests.Raise(request, instanceId, eventName, json), cancellationToken);

    /// <inheritdoc cref="DurableFunctionsRequests.Control"/>
    public Task<DurableOutcome> ControlAsync(string instanceId, string operation, CancellationToken cancellationToken) =>
        ChangeAsync(operation, RequestMethod.Post, request => _requests.Control(request, instanceId, operation), cancellationToken);

    /// <summary>Removes an orchestration. Older versions of the extension also remove one that runs.</summary>
    public Task<DurableOutcome> PurgeAsync(string instanceId, CancellationToken cancellationToken) =>
        ChangeAsync("purge", RequestMethod.Delete, request => _requests.Purge(request, instanceId), cancellationToken);

    /// <summary>Lists orchestrations.</summary>
    public async Task<DurablePage> ListAsync(DurableQuery query, CancellationToken cancellationToken)
    {
        const string operation = "list";
        using var message = _rest.CreateMessage(RequestMethod.Get, RepeatRule.Freely, request => _requests.List(request, query));
        var response = await _rest.SendAsync(message, operation, cancellationToken);
        return response.Status == (int)HttpStatusCode.OK
            ? new DurablePage(
                Read(response, operation, DurableJson.ReadList),
                DurablePage.ReadContinuation(response.Headers.TryGetValue(DurablePage.ContinuationHeader, out var header) ? header : null))
            : throw _rest.Unexpected(response, operation);
    }

    public void Dispose() => _rest.Dispose();

    private HttpMessage Create(RequestMethod method, Action<Request> fill) => _rest.CreateMessage(method, RepeatRule.IfNotExecuted, fill);

    private async Task<DurableOutcome> ChangeAsync(string operation, RequestMethod method, Action<Request> fill, CancellationToken cancellationToken)
    {
        using var message = Create(method, fill);
        var response = await _rest.SendAsync(message, operation, cancellationToken);
        return (HttpStatusCode)response.Status switch
        {
            HttpStatusCode.Accepted when method == RequestMethod.Post => DurableOutcome.Done,
            HttpStatusCode.OK when method == RequestMethod.Delete && IsPlain(response) => DurableOutcome.Done,
            HttpStatusCode.NotFound when IsPlain(response) => DurableOutcome.NotFound,
            HttpStatusCode.Gone => DurableOutcome.Ended,
            HttpStatusCode.PreconditionFailed => DurableOutcome.NotEnded,
            _ => throw _rest.Unexpected(response, operation),
        };
    }

    // A page for people comes from something that is not the extension.
    private static bool IsPlain(Response response) => response.Headers.ContentType?.StartsWith("text/html", StringComparison.OrdinalIgnoreCase) != true;

    private T Read<T>(Response response, string operation, Func<ReadOnlyMemory<byte>, T> read)
    {
        try
        {
            return read(response.Content.ToMemory());
        }
        catch (Exception fault) when (fault is JsonException or FormatException or InvalidOperationException)
        {
            // Not the parser's words: they may quote what stands there. A text with half of a surrogate pair is an InvalidOperationException.
            var reason = fault is FormatException ? fault : new FormatException("it is no JSON");
            throw _rest.Unreadable(response, operation, reason, isFateUnknown: response.Status == (int)HttpStatusCode.Accepted && operation == "start");
        }
    }
}
