using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.AspNetCore.Http;
using Serverless.Backends.Faults;
using Serverless.Backends.ServiceBus;

namespace Serverless.Backends.EventHubs;

/// <summary>An event hub over http and https: the sending of single events, as its REST reference documents it.</summary>
/// <remarks>https://learn.microsoft.com/rest/api/eventhub/send-event, send-partition-event, and its common headers (EventHubsServerTests).</remarks>
public sealed partial class EventHubsServer : FaultyServer
{
    private const int MostBytes = 1024 * 1024;
    private readonly ConcurrentQueue<HubEvent> _events = new();
    private readonly SharedAccessPolicy _policy = new("send", $"key{Guid.NewGuid():N}==");
    private readonly string _hub;
    private readonly int _partitions;

    private EventHubsServer(string hub, int partitions)
        : base(certificates: null, withHttp: true) => (_hub, _partitions) = (hub, partitions);

    /// <summary>A connection string for http, without the hub.</summary>
    public string ConnectionString => $"Endpoint=http://localhost:{HttpPort}/;SharedAccessKeyName={_policy.Name};SharedAccessKey={_policy.Key}";

    /// <summary>The events that were taken, in their order.</summary>
    public IReadOnlyList<HubEvent> Events => [.. _events];

    /// <summary>Starts a namespace with one hub.</summary>
    public static async Task<EventHubsServer> StartAsync(string hub, int partitions = 4)
    {
        var server = new EventHubsServer(hub, partitions);
        await server.ListenAsync();
        return server;
    }

    /// <inheritdoc/>
    protected override Task<ServerAnswer> AnswerAsync(HttpRequest request, byte[] body, CancellationToken cancellationToken) => Task.FromResult(Answer(request, body));

    /// <inheritdoc/>
    protected override ServerAnswer Refuse(HttpFault fault) => Error(fault.Status, fault.Code ?? "Injected by the test.") with { Headers = fault.Headers };

    private ServerAnswer Answer(HttpRequest request, byte[] body)
    {
        var path = request.Path.Value ?? "/";
        if (SharedAccessSignature.Read(request.Headers.Authorization.ToString()) is not { } token || token.Policy != _policy.Name || !token.IsSignedBy(_policy)
            || !token.Covers(request.Host.Host, path) || !(token.ExpiresOn > TimeProvider.System.GetUtcNow()))
        {
            return Error(401, "InvalidSignature: The token has an invalid signature.");
        }

        if (EventPath().Match(path) is not { Success: true } match || !HttpMethods.IsPost(request.Method) || match.Groups[1].Value != _hub)
        {
            return Error(404, "The messaging entity could not be found.");
        }

        var partition = match.Groups[2].Success ? match.Groups[2].Value : null;
        var key = ReadKey(request.Headers["BrokerProperties"].ToString());
        return request.Query["api-version"] != "2014-01" ? Error(400, "The api-version is missing or unknown.")
            : request.ContentType is null ? Error(400, "Content-Type is required.")
            : body.Length > MostBytes ? Error(403, "The received event is too large.")
            : partition is not null && !(int.TryParse(partition, out var number) && number >= 0 && number < _partitions) ? Error(400, "The specified partition is invalid for an EventHub partition.")
            : partition is not null && key is not null ? Error(400, "PartitionKey can't be set on a message sent to a partition.")
            : Take(new HubEvent(body, request.ContentType, key, partition));
    }

    private ServerAnswer Take(HubEvent one)
    {
        _events.Enqueue(one);
        return new ServerAnswer(201) { ContentType = "application/xml; charset=utf-8" };
    }

    private static string? ReadKey(string properties)
    {
        if (properties.Length == 0)
        {
            return null;
        }

        using var document = JsonDocument.Parse(properties);
        return document.RootElement.TryGetProperty("PartitionKey", out var key) ? key.GetString() : null;
    }

    private static ServerAnswer Error(int status, string detail) => new(status)
    {
        Body = Encoding.UTF8.GetBytes(new XElement("Error", new XElement("Code", status), new XElement("Detail", detail)).ToString(SaveOptions.DisableFormatting)),
        ContentType = "application/xml; charset=utf-8",
    };

    [GeneratedRegex("^/([^/]+)(?:/partitions/([^/]+))?/messages$")]
    private static partial Regex EventPath();
}
