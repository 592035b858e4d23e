using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Serverless.Backends.TokenServers;

/// <summary>Stands in for all that issues tokens: managed identity endpoints, Microsoft Entra and an OIDC provider.</summary>
/// <remarks>It checks what those check, and refuses as they do.</remarks>
public sealed partial class TokenServer : IAsyncDisposable
{
    // Keys take long to make; every server of the process has the same.
    private static readonly RSA Key = RSA.Create(2048);
    private static readonly X509Certificate2 Authority = TestCertificates.Create("Token Authority", isAuthority: true);
    private static readonly X509Certificate2 Certificate = TestCertificates.Issue(Authority);
    private readonly ConcurrentQueue<TokenFault> _faults = new();
    private readonly ConcurrentQueue<TokenRequest> _requests = new();
    private readonly ConcurrentQueue<IssuedToken> _issued = new();
    private readonly TaskCompletionSource _hung = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TimeProvider _time;
    private readonly WebApplication _app;

    private TokenServer(TimeProvider time)
    {
        _time = time;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(Certificate));
        });
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    /// <summary>The port of managed identity endpoints.</summary>
    public int HttpPort { get; private set; }

    /// <summary>The port of Entra and of the OIDC provider.</summary>
    public int HttpsPort { get; private set; }

    /// <summary>PEM certificate of whom to trust for the https addresses.</summary>
    public static string AuthorityPem => Authority.ExportCertificatePem();

    /// <summary>The claim <c>oid</c> of tokens.</summary>
    public string ObjectId { get; set; } = "6d5e0b3c-0000-4000-8000-00000000000a";

    public TimeSpan TokenLifetime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Every request, of whatever kind and outcome.</summary>
    public IReadOnlyList<TokenRequest> Requests => [.. _requests];

    /// <summary>Those that asked for a token.</summary>
    public IReadOnlyList<TokenRequest> TokenRequests => [.. _requests.Where(request => request.Path.EndsWith("/token", StringComparison.Ordinal))];

    public IReadOnlyList<string> IssuedTokens => [.. _issued.Select(token => token.Value)];

    /// <summary>Runs for each token before the client gets it, so that the token can be made valid where it will be shown.</summary>
    public Func<IssuedToken, Task>? Issuing { get; set; }

    /// <summary>Ends when a request has been left without an answer.</summary>
    public Task Hung => _hung.Task;

    public static async Task<TokenServer> StartAsync(TimeProvider? time = null)
    {
        var server = new TokenServer(time ?? TimeProvider.System);
        await server._app.StartAsync();
        foreach (var address in server._app.Urls.Select(url => new Uri(url)))
        {
            _ = address.Scheme == Uri.UriSchemeHttps ? server.HttpsPort = address.Port : server.HttpPort = address.Port;
        }

        return server;
    }

    /// <summary>Makes the next token requests fail.</summary>
    public void Inject(TokenFault fault, int times = 1)
    {
        for (var i = 0; i < times; i++)
        {
            _faults.Enqueue(fault);
        }
    }

    /// <summary>Carries the requests for every host here, so that a client can use its real addresses.</summary>
    public SocketsHttpHandler CreateHandler()
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectCallback = async (context, cancellationToken) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                var port = context.InitialRequestMessage.RequestUri!.Scheme == Uri.UriSchemeHttps ? HttpsPort : HttpPort;
                await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate?.GetCertHashString() == Certificate.GetCertHashString();
        return handler;
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var request = await ReadAsync(context.Request);
        _requests.Enqueue(request);
        if (request.Path.EndsWith("/token", StringComparison.Ordinal) && !IsProbe(context.Request) && _faults.TryDequeue(out var fault))
        {
            await FailAsync(context, fault);
            return;
        }

        await (request.Path switch
        {
            "/msi/token" => AnswerAppServiceAsync(context, request),
            "/metadata/identity/oauth2/token" => AnswerVirtualMachineAsync(context, request),
            "/common/discovery/instance" => AnswerDiscoveryAsync(context, request),
            "/oidc/token" => AnswerOidcAsync(context, request),
            _ when request.Path.EndsWith("/oauth2/v2.0/token", StringComparison.Ordinal) => AnswerEntraAsync(context, request),
            _ => WriteAsync(context, StatusCodes.Status404NotFound, []),
        });
    }

    private async Task FailAsync(HttpContext context, TokenFault fault)
    {
        switch (fault)
        {
            case TokenFault.TooManyRequests:
                context.Response.Headers.RetryAfter = "0";
                await WriteAsync(context, StatusCodes.Status429TooManyRequests, Refusal("temporarily_unavailable", "AADSTS90055: too many requests"));
                break;
            case TokenFault.InvalidClient:
                await WriteAsync(context, StatusCodes.Status401Unauthorized, Refusal("invalid_client", "AADSTS7000215: Invalid client secret provided."));
                break;
            case TokenFault.ServerError:
                await WriteAsync(context, StatusCodes.Status500InternalServerError, Refusal("server_error", "AADSTS90033: a transient error"));
                break;
            case TokenFault.Hang:
                _hung.TrySetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
                break;
        }
    }

    private async Task<string> IssueTokenAsync(string audience)
    {
        var now = _time.GetUtcNow();
        var token = SignedToken.Create(
            new JsonObject
            {
                ["aud"] = audience,
                ["iss"] = $"https://sts.windows.net/{TenantId}/",
                ["nbf"] = now.ToUnixTimeSeconds(),
                ["iat"] = now.ToUnixTimeSeconds(),
                ["exp"] = (now + TokenLifetime).ToUnixTimeSeconds(),
                ["oid"] = ObjectId,
                ["jti"] = Guid.NewGuid().ToString(),
            },
            Key);
        var issued = new IssuedToken(ObjectId, token, DateTimeOffset.FromUnixTimeSeconds((now + TokenLifetime).ToUnixTimeSeconds()));
        await (Issuing?.Invoke(issued) ?? Task.CompletedTask);
        _issued.Enqueue(issued);
        return token;
    }

    private static JsonObject Refusal(string error, string description) => new() { ["error"] = error, ["error_description"] = description };

    private static async Task<TokenRequest> ReadAsync(HttpRequest request)
    {
        var fields = request.HasFormContentType
            ? (await request.ReadFormAsync()).ToDictionary(field => field.Key, field => field.Value.ToString())
            : request.Query.ToDictionary(field => field.Key, field => field.Value.ToString());
        return new TokenRequest(request.Method, request.Host.Value ?? "", request.Path.Value ?? "", fields);
    }

    private static async Task WriteAsync(HttpContext context, int status, JsonObject body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=utf-8";
        await context.Response.WriteAsync(body.ToJsonString());
    }
}
