using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Serverless.Backends.Faults;
using Serverless.Backends.Network;

namespace Serverless.Backends.DurableFunctions;

/// <summary>The HTTP management API of the Durable Functions extension, over a few scripted orchestrator functions.</summary>
/// <remarks>
/// https://learn.microsoft.com/azure/azure-functions/durable/durable-functions-http-api; Azure/azure-functions-durable-extension, HttpApiHandler.
/// No client of Microsoft's for this API restores here: its shapes are those of the document and of the source.
/// </remarks>
public sealed class DurableFunctionsServer : FaultyServer
{
    /// <summary>The system key.</summary>
    public const string Code = "sys/Key+of=the_extension&must%stay secret==";

    /// <summary>Where the API is.</summary>
    public const string Base = "/runtime/webhooks/durabletask";

    private const string ContinuationHeader = "x-ms-continuation-token";
    private const int DefaultPage = 100;
    private readonly ConcurrentDictionary<(string Hub, string Id), DurableOrchestration> _all = new();

    private DurableFunctionsServer(CertificateSet? certificates)
        : base(certificates, withHttp: true)
    {
    }

    /// <summary>The base address over http.</summary>
    public string Address => $"http://127.0.0.1:{HttpPort}{Base}";

    /// <summary>The base address over https.</summary>
    public string SecureAddress => $"https://localhost:{HttpsPort}{Base}";

    /// <summary>The tokens that App Service authentication lets pass; null for an app without it.</summary>
    public Func<IEnumerable<string>>? Tokens { get; set; }

    /// <summary>An old extension: a start of what runs is a failure, a purge removes what runs, and the last page has a continuation of "null".</summary>
    public bool IsOld { get; set; }

    /// <summary>The app replaces what runs (<c>overridableExistingInstanceStates</c>: <c>AnyState</c>).</summary>
    public bool ReplacesAny { get; set; }

    /// <summary>The clock of what is created.</summary>
    public DateTimeOffset Now { get; set; } = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Starts a server.</summary>
    public static async Task<DurableFunctionsServer> StartAsync(CertificateSet? certificates = null)
    {
        var server = new DurableFunctionsServer(certificates);
        await server.ListenAsync();
        return server;
    }

    /// <summary>An orchestration, or null.</summary>
    public DurableOrchestration? Find(string id, string hub = "") => _all.GetValueOrDefault((hub, id));

    /// <summary>Puts one there as it is.</summary>
    public void Put(DurableOrchestration one, string hub = "") => _all[(hub, one.Id)] = one;

    /// <inheritdoc/>
    protected override Task<ServerAnswer> AnswerAsync(HttpRequest request, byte[] body, CancellationToken cancellationToken) => Task.FromResult(Answer(request, body));

    /// <inheritdoc/>
    protected override ServerAnswer Refuse(HttpFault fault) => Message(fault.Status, "Injected by the test.") with { Headers = fault.Headers };

    private ServerAnswer Answer(HttpRequest request, byte[] body)
    {
        var target = request.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Split('?')[0];
        if (Tokens is { } tokens && !tokens().Any(token => request.Headers.Authorization == $"Bearer {token}"))
        {
            return new ServerAnswer(401) { Headers = new Dictionary<string, string> { ["WWW-Authenticate"] = "Bearer realm=\"localhost\"" } };
        }

        if (request.Query["code"] != Code)
        {
            return new ServerAnswer(401);
        }

        if (!target.StartsWith(Base, StringComparison.OrdinalIgnoreCase))
        {
            return new ServerAnswer(404);
        }

        // As the extension does: decoded in whole before it is taken apart.
        var parts = WebUtility.UrlDecode(target)[Base.Length..].Trim('/').Split('/');
        var hub = request.Query["taskHub"].ToString();
        return (request.Method, parts) switch
        {
            ("POST", ["orchestrators", var name]) => Start(hub, name, Guid.NewGuid().ToString("N"), body),
            ("POST", ["orchestrators", var name, var id]) => Start(hub, name, id, body),
            ("GET", ["instances"]) => List(request, hub),
            ("GET", ["instances", var id]) => Get(request, hub, id),
            ("DELETE", ["instances", var id]) => Purge(hub, id),
            ("POST", ["instances", var id, "raiseEvent", var name]) => Raise(request, hub, id, name, body),
            ("POST", ["instances", var id, "terminate"]) => Change(hub, id, one => one with { Status = "Terminated", Output = request.Query["reason"].ToString() }),
            ("POST", ["instances", var id, "suspend"]) => Change(hub, id, one => one with { Status = "Suspended" }),
            ("POST", ["instances", var id, "resume"]) => Change(hub, id, one => one with { Status = "Running" }),
            _ => new ServerAnswer(404),
        };
    }

    private ServerAnswer Start(string hub, string name, string id, byte[] body)
    {
        JsonNode? input;
        try
        {
            input = body.Length == 0 ? null : JsonNode.Parse(body);
        }
        catch (JsonException)
        {
            return Message(400, "Invalid JSON content");
        }

        if (Find(id, hub) is { HasEnded: false } && !ReplacesAny)
        {
            return IsOld ? Message(500, "Something went wrong while processing your request") : Message(409, $"An Orchestration instance with the status Running already exists.");
        }

        if (DurableScripts.Start(new DurableOrchestration(name, id, Now) { Input = input }) is not { } started)
        {
            return Message(400, $"The function '{name}' doesn't exist, is disabled, or is not an orchestrator function.");
        }

        Put(started, hub);
        return Json(202, new JsonObject { ["id"] = id, ["statusQueryGetUri"] = $"{Address}/instances/{id}?code={Uri.EscapeDataString(Code)}" }) with
        {
            Headers = new Dictionary<string, string> { ["Location"] = $"{Address}/instances/{id}", ["Retry-After"] = "10" },
        };
    }

    private ServerAnswer Get(HttpRequest request, string hub, string id)
    {
        if (Find(id, hub) is not { } one)
        {
            return new ServerAnswer(404);
        }

        var json = one.ToJson(request.Query["showInput"] != "false", request.Query["showHistory"] == "true", request.Query["showHistoryOutput"] == "true");
        return one.HasEnded ? Json(200, json) : Json(202, json) with
        {
            Headers = new Dictionary<string, string> { ["Location"] = $"{Address}/instances/{id}", ["Retry-After"] = "5" },
        };
    }

    private ServerAnswer List(HttpRequest request, string hub)
    {
        var statuses = request.Query["runtimeStatus"].ToString().Split(',', StringSplitOptions.RemoveEmptyEntries);
        var found = _all.Where(entry => entry.Key.Hub == hub).Select(entry => entry.Value)
            .Where(one => (statuses.Length == 0 || statuses.Contains(one.Status))
                && (!DateTimeOffset.TryParse(request.Query["createdTimeFrom"], null, out var from) || one.Created >= from)
                && (!DateTimeOffset.TryParse(request.Query["createdTimeTo"], null, out var to) || one.Created <= to))
            .OrderBy(one => one.Id, StringComparer.Ordinal).ToList();
        var token = request.Headers[ContinuationHeader].ToString();
        var begin = token.Length == 0 ? 0 : int.Parse(Encoding.UTF8.GetString(Convert.FromBase64String(token)), null);
        var page = found.Skip(begin).Take(int.TryParse(request.Query["top"], out var top) ? top : DefaultPage).ToList();
        var next = begin + page.Count < found.Count ? Convert.ToBase64String(Encoding.UTF8.GetBytes($"{begin + page.Count}")) : IsOld ? "bnVsbA==" : "";
        return Json(200, new JsonArray([.. page.Select(one => one.ToJson(request.Query["showInput"] == "true", showHistory: false, showOutput: false))])) with
        {
            Headers = new Dictionary<string, string> { [ContinuationHeader] = next },
        };
    }

    private ServerAnswer Purge(string hub, string id)
    {
        if (Find(id, hub) is not { } one)
        {
            return new ServerAnswer(404);
        }

        if (!one.HasEnded && !IsOld)
        {
            return Json(412, JsonValue.Create($"Only orchestrations in a terminal state can be purged, but the orchestration with instance ID {id} has status {one.Status}"));
        }

        _all.TryRemove((hub, id), out _);
        return Json(200, new JsonObject { ["instancesDeleted"] = 1 });
    }

    private ServerAnswer Raise(HttpRequest request, string hub, string id, string name, byte[] body)
    {
        if (request.ContentType?.Split(';')[0] != "application/json" && Find(id, hub) is { HasEnded: false })
        {
            return Message(400, "Only application/json request content is supported");
        }

        try
        {
            return Change(hub, id, one => DurableScripts.Raise(one, name, JsonNode.Parse(body)));
        }
        catch (JsonException)
        {
            return Message(400, "Invalid JSON content");
        }
    }

    private ServerAnswer Change(string hub, string id, Func<DurableOrchestration, DurableOrchestration> change)
    {
        if (Find(id, hub) is not { } one)
        {
            return new ServerAnswer(404);
        }

        if (one.HasEnded)
        {
            return new ServerAnswer(410);
        }

        Put(change(one), hub);
        return new ServerAnswer(202);
    }

    private static ServerAnswer Message(int status, string message) => Json(status, new JsonObject { ["Message"] = message });

    private static ServerAnswer Json(int status, JsonNode? json) => new(status)
    {
        Body = Encoding.UTF8.GetBytes(json?.ToJsonString() ?? "null"),
        ContentType = "application/json; charset=utf-8",
    };
}
