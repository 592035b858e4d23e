using System.Collections.Concurrent;
using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Serverless.Backends.Network;

namespace Serverless.Backends.Kubernetes;

/// <summary>Stands in for a cluster's API server, of which it has the secrets: over https with an authority of its own.</summary>
/// <remarks>Kubernetes docs: reference/kubernetes-api/config-and-storage-resources/secret-v1, reference/using-api/api-concepts.</remarks>
public sealed partial class KubernetesApiServer : IAsyncDisposable
{
    /// <summary>Whom a good token stands for.</summary>
    public const string User = "system:serviceaccount:default:app";

    /// <summary>Longer answers are compressed for clients that can take it.</summary>
    private const int LargestPlain = 128 << 10;

    private readonly ConcurrentDictionary<(string Namespace, string Name), IReadOnlyDictionary<string, byte[]>> _secrets = new();
    private readonly ConcurrentDictionary<string, bool> _forbidden = new();
    private readonly ConcurrentQueue<KubernetesFault> _faults = new();
    private readonly ConcurrentQueue<KubernetesRequest> _requests = new();
    private readonly TaskCompletionSource _hung = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly WebApplication _app;

    private KubernetesApiServer()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(https =>
        {
            https.ServerCertificate = Certificates.Server;
            https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
            https.ClientCertificateValidation = (certificate, _, _) => certificate.Thumbprint == Certificates.Client.Thumbprint;
        })));
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    /// <summary>The cluster's authority, and the client that it knows.</summary>
    public CertificateSet Certificates { get; } = new();

    /// <summary>The port on 127.0.0.1.</summary>
    public int Port { get; private set; }

    /// <summary>The address with the name that stands in the certificate.</summary>
    public string Address => $"https://localhost:{Port}";

    /// <summary>The one token that is let in.</summary>
    public string Token { get; set; } = "first-token-of-the-account";

    /// <summary>The most secrets on one page, whatever the client asks for.</summary>
    public int LargestPage { get; set; } = int.MaxValue;

    /// <summary>The value of Retry-After of <see cref="KubernetesFault.TooManyRequests"/>.</summary>
    public int RetryAfterSeconds { get; set; }

    /// <summary>Every request that gets an answer, in order; each is here before its client sees the answer.</summary>
    public IReadOnlyList<KubernetesRequest> Requests => [.. _requests];

    /// <summary>Ends when a request has been left without an answer.</summary>
    public Task Hung => _hung.Task;

    /// <summary>Starts it on a free port.</summary>
    public static async Task<KubernetesApiServer> StartAsync(CancellationToken cancellationToken)
    {
        var server = new KubernetesApiServer();
        await server._app.StartAsync(cancellationToken);
        server.Port = new Uri(server._app.Urls.Single()).Port;
        return server;
    }

    /// <summary>Adds or replaces a secret.</summary>
    public void Put(string @namespace, string name, params (string Key, string Value)[] data) =>
        PutBytes(@namespace, name, [.. data.Select(item => (item.Key, Encoding.UTF8.GetBytes(item.Value)))]);

    /// <summary>The same for values that are no text.</summary>
    public void PutBytes(string @namespace, string name, params (string Key, byte[] Value)[] data) =>
        _secrets[(@namespace, name)] = data.ToDictionary(item => item.Key, item => item.Value);

    /// <summary>Refuses the namespace to everybody.</summary>
    public void Forbid(string @namespace) => _forbidden[@namespace] = true;

    /// <summary>Makes the next requests fail.</summary>
    public void Inject(KubernetesFault fault, int times = 1)
    {
        for (var i = 0; i < times; i++)
        {
            _faults.Enqueue(fault);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
        Certificates.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();
        var token = header.StartsWith("Bearer ", StringComparison.Ordinal) ? header["Bearer ".Length..] : null;
        context.Response.OnStarting(() =>
        {
            var target = $"{context.Request.Path.ToUriComponent()}{context.Request.QueryString}";
            _requests.Enqueue(new KubernetesRequest(context.Request.Protocol, target, token, context.Response.StatusCode));
            return Task.CompletedTask;
        });
        var isLetIn = token is null ? await context.Connection.GetClientCertificateAsync() is not null : token == Token;
        var isPageAfterFirst = context.Request.Query.ContainsKey("continue");
        if (_faults.TryPeek(out var fault) && (fault != KubernetesFault.Expired || isPageAfterFirst) && _faults.TryDequeue(out fault))
        {
            await FailAsync(context, fault);
        }
        else
        {
            await WriteAsync(context, isLetIn ? Find(context.Request) : KubernetesStatus.Unauthorized);
        }
    }

    private JsonObject Find(HttpRequest request)
    {
        var path = request.Path.Value!.Split('/');
        if (path is not ["", "api", "v1", "namespaces", var @namespace, "secrets", ..] || path.Length > 7 || request.Method != "GET")
        {
            return KubernetesStatus.UnknownPath;
        }

        var name = path.Length == 7 ? path[6] : null;
        return _forbidden.ContainsKey(@namespace) ? KubernetesStatus.Forbidden(User, name is null ? "list" : "get", @namespace, name)
            : name is null ? List(@namespace, request.Query)
            : _secrets.TryGetValue((@namespace, name), out var data) ? Secret(@namespace, name, data, isAlone: true)
            : KubernetesStatus.MissingSecret(name);
    }

    // A list's items say neither kind nor apiVersion.
    private JsonObject List(string @namespace, IQueryCollection query)
    {
        var names = _secrets.Keys.Where(key => key.Namespace == @namespace).Select(key => key.Name).Order(StringComparer.Ordinal).ToList();
        var start = query.TryGetValue("continue", out var token) ? int.Parse(Encoding.UTF8.GetString(Convert.FromBase64String(token!)), CultureInfo.InvariantCulture) : 0;
        var wanted = query.TryGetValue("limit", out var limit) ? Math.Min(int.Parse(limit!, CultureInfo.InvariantCulture), LargestPage) : int.MaxValue;
        var page = names.Skip(start).Take(wanted).ToList();
        var metadata = new JsonObject { ["resourceVersion"] = "4711" };
        if (start + page.Count < names.Count)
        {
            metadata["continue"] = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{start + page.Count}"));
            metadata["remainingItemCount"] = names.Count - start - page.Count;
        }

        return new JsonObject
        {
            ["kind"] = "SecretList",
            ["apiVersion"] = "v1",
            ["metadata"] = metadata,
            ["items"] = new JsonArray([.. page.Select(name => Secret(@namespace, name, _secrets[(@namespace, name)], isAlone: false))]),
        };
    }

    private static JsonObject Secret(string @namespace, string name, IReadOnlyDictionary<string, byte[]> data, bool isAlone)
    {
        var secret = isAlone ? new JsonObject { ["kind"] = "Secret", ["apiVersion"] = "v1" } : [];
        secret["metadata"] = new JsonObject
        {
            ["name"] = name,
            ["namespace"] = @namespace,
            ["uid"] = Guid.NewGuid().ToString(),
            ["resourceVersion"] = "17",
            ["creationTimestamp"] = "2026-01-01T00:00:00Z",
        };
        if (data.Count > 0)
        {
            secret["data"] = new JsonObject(data.Select(item => KeyValuePair.Create(item.Key, (JsonNode?)Convert.ToBase64String(item.Value))));
        }

        secret["type"] = "Opaque";
        return secret;
    }

    private static async Task WriteAsync(HttpContext context, JsonObject body)
    {
        context.Response.StatusCode = (int?)body["code"] ?? 200;
        context.Response.ContentType = "application/json";
        var bytes = Encoding.UTF8.GetBytes(body.ToJsonString() + "\n");
        if (bytes.Length <= LargestPlain || !context.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.Ordinal))
        {
            await context.Response.Body.WriteAsync(bytes);
            return;
        }

        context.Response.Headers.ContentEncoding = "gzip";
        await using var compressed = new GZipStream(context.Response.Body, CompressionLevel.Fastest, leaveOpen: true);
        await compressed.WriteAsync(bytes);
    }
}
