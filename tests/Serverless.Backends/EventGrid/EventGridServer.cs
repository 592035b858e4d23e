using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Serverless.Backends.Faults;

namespace Serverless.Backends.EventGrid;

/// <summary>A custom topic of Azure Event Grid over http and https, which takes events of one schema.</summary>
/// <remarks>https://learn.microsoft.com/azure/event-grid/post-to-custom-topic; Microsoft's own client passes it (EventGridServerTests).</remarks>
public sealed class EventGridServer : FaultyServer
{
    private const int MostBytes = 1024 * 1024;
    private readonly ConcurrentQueue<JsonObject> _events = new();
    private readonly bool _isCloudEvents;

    private EventGridServer(bool isCloudEvents)
        : base(certificates: null, withHttp: true) => _isCloudEvents = isCloudEvents;

    /// <summary>The topic's access key.</summary>
    public string Key { get; } = Convert.ToBase64String(Encoding.UTF8.GetBytes($"key-{Guid.NewGuid():N}"));

    /// <summary>A bearer token that is accepted; null means none.</summary>
    public string? Token { get; init; }

    /// <summary>The topic's https address.</summary>
    public Uri Topic => new($"https://localhost:{HttpsPort}/api/events");

    /// <summary>The topic's http address.</summary>
    public Uri HttpTopic => new($"http://localhost:{HttpPort}/api/events");

    /// <summary>The events that were taken, in their order.</summary>
    public IReadOnlyList<JsonObject> Events => [.. _events];

    /// <summary>Starts a topic whose input schema is CloudEvents 1.0, or Event Grid's own.</summary>
    public static async Task<EventGridServer> StartAsync(bool isCloudEvents, string? token = null)
    {
        var server = new EventGridServer(isCloudEvents) { Token = token };
        await server.ListenAsync();
        return server;
    }

    /// <inheritdoc/>
    protected override Task<ServerAnswer> AnswerAsync(HttpRequest request, byte[] body, CancellationToken cancellationToken) => Task.FromResult(Answer(request, body));

    /// <inheritdoc/>
    protected override ServerAnswer Refuse(HttpFault fault) => Error(fault.Status, fault.Code ?? "InternalServerError", "Injected by the test.") with { Headers = fault.Headers };

    private ServerAnswer Answer(HttpRequest request, byte[] body)
    {
        if (request.Path.Value != "/api/events" || !HttpMethods.IsPost(request.Method))
        {
            return Error(404, "NotFound", "There is no topic at this address.");
        }

        if (request.Query["api-version"] != "2018-01-01")
        {
            return Error(400, "BadRequest", "The api-version is missing or unknown.");
        }

        var authorization = request.Headers.Authorization.ToString();
        if (request.Headers["aeg-sas-key"] != Key && (Token is null || authorization != $"Bearer {Token}"))
        {
            return Error(401, "Unauthorized", "The request authorization key is not authorized for this topic.");
        }

        if (body.Length > MostBytes)
        {
            return Error(413, "PayloadTooLarge", "The maximum size has been exceeded.");
        }

        return Take(request.ContentType?.Split(';')[0] ?? "", body);
    }

    private ServerAnswer Take(string contentType, byte[] body)
    {
        JsonNode? json;
        try
        {
            json = JsonNode.Parse(body);
        }
        catch (JsonException)
        {
            return Error(400, "BadRequest", "The body is no JSON.");
        }

        List<JsonNode?>? events = (contentType, json) switch
        {
            ("application/cloudevents+json", JsonObject one) when _isCloudEvents => [one],
            ("application/cloudevents-batch+json", JsonArray batch) when _isCloudEvents => [.. batch],
            ("application/json", JsonArray batch) when !_isCloudEvents => [.. batch],
            _ => null,
        };
        string[] required = _isCloudEvents ? ["id", "source", "type", "specversion"] : ["id", "subject", "eventType", "eventTime", "dataVersion"];
        if (events is null || !events.TrueForAll(one => one is JsonObject members && required.All(name => members[name]?.GetValueKind() == JsonValueKind.String)))
        {
            return Error(400, "BadRequest", "The events are not of the topic's input schema.");
        }

        events.ForEach(one => _events.Enqueue(one!.AsObject()));
        return new ServerAnswer(200);
    }

    private static ServerAnswer Error(int status, string code, string message) => new(status)
    {
        Body = Encoding.UTF8.GetBytes(new JsonObject { ["error"] = new JsonObject { ["code"] = code, ["message"] = message, ["details"] = new JsonArray() } }.ToJsonString()),
        ContentType = "application/json; charset=utf-8",
    };
}
