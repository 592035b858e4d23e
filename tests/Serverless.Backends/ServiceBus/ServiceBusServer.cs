using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.AspNetCore.Http;
using Serverless.Backends.Faults;
using Serverless.Backends.TokenServers;

namespace Serverless.Backends.ServiceBus;

/// <summary>A namespace of Azure Service Bus over http and https: its REST data plane, with real state.</summary>
/// <remarks>
/// After the REST reference of Service Bus and recorded traffic of the service. No vendor has a client for this protocol, so what it
/// speaks is checked with requests written out in full (ServiceBusServerTests, ServiceBusManagementTests). Of management, queues can be described and made. Not served: sessions, rules.
/// </remarks>
public sealed partial class ServiceBusServer : FaultyServer
{
    private const int DefaultTimeout = 60;
    private readonly ServiceBusSettings _settings;
    private readonly BrokerNamespace _broker;

    private ServiceBusServer(ServiceBusSettings settings)
        : base(settings.Certificates, withHttp: true)
    {
        _settings = settings;
        _broker = new BrokerNamespace(settings);
    }

    /// <summary>The namespace's https address.</summary>
    public Uri Address => new($"https://localhost:{HttpsPort}/");

    /// <summary>The namespace's http address.</summary>
    public Uri HttpAddress => new($"http://localhost:{HttpPort}/");

    /// <summary>The connection string of the first policy, for https.</summary>
    public string ConnectionString => $"Endpoint=sb://localhost:{HttpsPort}/;SharedAccessKeyName={_settings.Policies[0].Name};SharedAccessKey={_settings.Policies[0].Key}";

    /// <summary>Starts a namespace with empty queues.</summary>
    public static async Task<ServiceBusServer> StartAsync(ServiceBusSettings settings)
    {
        var server = new ServiceBusServer(settings);
        await server.ListenAsync();
        return server;
    }

    /// <summary>How many messages are where, past HTTP.</summary>
    /// <param name="path">A queue, or <c>topic/subscriptions/name</c>.</param>
    public EntityCounts Count(string path) => (_broker.FindReceiver(path) ?? throw new ArgumentException($"there is no queue {path}", nameof(path))).Count();

    /// <summary>Makes a queue, past HTTP.</summary>
    public void AddQueue(QueueSettings queue) => _broker.AddQueue(queue);

    /// <summary>Deletes a queue with its messages, past HTTP.</summary>
    public void RemoveQueue(string name) => _broker.RemoveQueue(name);

    /// <summary>The token that a client of the first policy sends, for the whole namespace.</summary>
    public string CreateToken(TimeSpan? lifetime = null) =>
        SharedAccessSignature.Create(Address.ToString(), _settings.Policies[0], _settings.Time.GetUtcNow() + (lifetime ?? TimeSpan.FromHours(1)));

    /// <inheritdoc/>
    protected override async Task<ServerAnswer> AnswerAsync(HttpRequest request, byte[] body, CancellationToken cancellationToken)
    {
        try
        {
            var path = request.Path.Value ?? "/";
            var isSend = path.EndsWith("/messages", StringComparison.OrdinalIgnoreCase);
            var isManagement = IsManagement(request);
            return FindTokenFault(request, isSend, isManagement) is { } fault ? Error(401, fault)
                : isManagement ? Manage(request, path[1..], body)
                : isSend && HttpMethods.IsPost(request.Method) ? Send(path[1..^"/messages".Length], MessageReader.Read(request, body))
                : HeadPath().Match(path) is { Success: true } head ? await TakeAsync(request, head.Groups[1].Value, cancellationToken)
                : LockPath().Match(path) is { Success: true } locked ? Settle(request.Method, locked)
                : Error(404, "There is nothing at this path.");
        }
        catch (BusRefusalException refusal)
        {
            return Error(refusal.Status, refusal.Message);
        }
    }

    /// <inheritdoc/>
    protected override ServerAnswer Refuse(HttpFault fault) => Error(fault.Status, fault.Code ?? "Injected by the test.") with { Headers = fault.Headers };

    private ServerAnswer Send(string path, IReadOnlyList<MessageContent> contents)
    {
        if (contents.Sum(content => content.Size) > _settings.MostBytes)
        {
            throw new BusRefusalException(_settings.TooLargeStatus, $"The message or batch is larger than {_settings.MostBytes} bytes.");
        }

        return _broker.TrySend(path, contents) ? new ServerAnswer(201) { ContentType = "application/xml; charset=utf-8" } : throw Unknown(path);
    }

    private async Task<ServerAnswer> TakeAsync(HttpRequest request, string path, CancellationToken cancellationToken)
    {
        var isLocked = HttpMethods.IsPost(request.Method);
        if (!isLocked && !HttpMethods.IsDelete(request.Method))
        {
            throw new BusRefusalException(405, "Messages are received with POST or DELETE.");
        }

        var queue = _broker.FindReceiver(path) ?? throw Unknown(path);
        var message = await queue.TakeAsync(isLocked, ReadTimeout(request), cancellationToken);
        if (message is null)
        {
            return new ServerAnswer(204);
        }

        var headers = message.Content.Properties.Concat(message.DeathProperties).Where(property => HeaderName().IsMatch(property.Key)).ToDictionary();
        headers["BrokerProperties"] = message.Broker.ToJsonString();
        if (isLocked)
        {
            headers["Location"] = $"{request.Scheme}://{request.Host}/{queue.Path}/messages/{message.SequenceNumber}/{message.LockToken}";
        }

        return new ServerAnswer(isLocked ? 201 : 200) { Body = message.Content.Body, ContentType = message.Content.ContentType, Headers = headers };
    }

    private ServerAnswer Settle(string method, Match path)
    {
        var queue = _broker.FindReceiver(path.Groups[1].Value) ?? throw Unknown(path.Groups[1].Value);
        var (id, token) = (path.Groups[2].Value, path.Groups[3].Value);
        var isDone = method switch
        {
            "POST" => queue.Renew(id, token),
            "PUT" => queue.Unlock(id, token),
            "DELETE" => queue.Complete(id, token),
            _ => throw new BusRefusalException(405, "Locked messages know POST, PUT and DELETE."),
        };
        return isDone
            ? new ServerAnswer(200) { ContentType = "application/xml; charset=utf-8" }
            : throw new BusRefusalException(_settings.LockLostStatus, "The lock supplied is invalid. Either the lock expired, or the message has already been removed from the queue.");
    }

    private string? FindTokenFault(HttpRequest request, bool isSend, bool isManagement)
    {
        var header = request.Headers.Authorization.ToString();
        return header.StartsWith("Bearer ", StringComparison.Ordinal) ? FindBearerFault(header["Bearer ".Length..])
            : SharedAccessSignature.Read(header) is not { } signature ? "MissingToken: The authorization header was not found or is not understood."
            : _settings.Policies.FirstOrDefault(policy => policy.Name == signature.Policy) is not { } policy || !signature.IsSignedBy(policy) ? "InvalidSignature: The token has an invalid signature."
            : !(signature.ExpiresOn > _settings.Time.GetUtcNow()) ? "ExpiredToken: The token is expired."
            : !signature.Covers(request.Host.Host, Uri.UnescapeDataString(request.Path.Value ?? "/")) ? "InvalidAudience: The authorization header contains a token with an audience of another resource."
            : isManagement ? (policy.CanManage ? null : "Unauthorized access. 'Manage' claim(s) are required to perform this operation.")
            : isSend && !policy.CanSend ? "Unauthorized access. 'Send' claim(s) are required to perform this operation."
            : !isSend && !policy.CanListen ? "Unauthorized access. 'Listen' claim(s) are required to perform this operation."
            : null;
    }

    private string? FindBearerFault(string token) => _settings.Accepts?.Invoke(token) == true ? null
        : _settings.Tokens?.IssuedTokens.Contains(token) != true || SignedToken.Read(token) is not { } signed ? "InvalidIssuer: Token issuer is invalid."
        : signed.Claim("aud") != ServiceBusSettings.Audience ? "InvalidAudience: Token audience is invalid."
        : !signed.IsCurrent(_settings.Time.GetUtcNow()) ? "ExpiredToken: The token is expired."
        : null;

    private BusRefusalException Unknown(string path) => new(_settings.UnknownEntityStatus, $"The messaging entity '{path}' could not be found.");

    private static TimeSpan ReadTimeout(HttpRequest request) => request.Query["timeout"].FirstOrDefault() is not { } text ? TimeSpan.FromSeconds(DefaultTimeout)
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(seconds)
        : throw BusRefusalException.BadRequest("The timeout must be a number of seconds.");

    private static ServerAnswer Error(int status, string detail) => new(status)
    {
        Body = Encoding.UTF8.GetBytes(new XElement("Error", new XElement("Code", status), new XElement("Detail", detail)).ToString(SaveOptions.DisableFormatting)),
        ContentType = "application/xml; charset=utf-8",
    };

    [GeneratedRegex("^/(.+)/messages/head$", RegexOptions.IgnoreCase)]
    private static partial Regex HeadPath();

    [GeneratedRegex("^/(.+)/messages/([^/]+)/([^/]+)$", RegexOptions.IgnoreCase)]
    private static partial Regex LockPath();

    [GeneratedRegex("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")]
    private static partial Regex HeaderName();
}
