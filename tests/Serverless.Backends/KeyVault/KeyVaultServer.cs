using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Serverless.Backends.Faults;
using Serverless.Backends.Network;
using Serverless.Backends.TokenServers;

namespace Serverless.Backends.KeyVault;

/// <summary>A vault of Azure Key Vault over https: secrets, keys and certificates, with real state and real cryptography.</summary>
/// <remarks>
/// After the REST reference of Key Vault. Microsoft's own clients pass against it (KeyVaultServerTests).
/// Not served: backup and restore, HSM keys, encryption and key wrapping, issuers, contacts, rotation.
/// </remarks>
public sealed class KeyVaultServer : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly ConcurrentQueue<RecordedRequest> _requests = new();
    private readonly KeyVaultSettings _settings;
    private readonly CertificateSet _authority;
    private readonly SecretCollection _secrets;
    private readonly KeyCollection _keys;
    private readonly CertificateCollection _certificates;
    private readonly WebApplication _app;

    private KeyVaultServer(KeyVaultSettings settings)
    {
        _settings = settings;
        _authority = settings.Certificates ?? new CertificateSet();
        _secrets = new SecretCollection(settings.Time, settings.SettleTime);
        _keys = new KeyCollection(settings.Time, settings.SettleTime);
        _certificates = new CertificateCollection(settings.Time, settings.SettleTime, _keys, _secrets);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            listen.UseHttps(_authority.Server);
        }));
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    /// <summary>The port of the https address.</summary>
    public int Port { get; private set; }

    /// <summary>The vault's address.</summary>
    public Uri VaultUri => new($"https://localhost:{Port}/");

    /// <summary>PEM certificate of whom to trust.</summary>
    public string AuthorityPem => _authority.AuthorityPem;

    /// <summary>A token that is accepted.</summary>
    public string Token { get; } = $"token-{Guid.NewGuid():N}";

    /// <summary>Faults for requests that carry an Authorization header; the ones that only ask for the challenge meet none.</summary>
    public HttpFaults Faults { get; } = new();

    /// <summary>Every request, in the order of arrival.</summary>
    public IReadOnlyList<RecordedRequest> Requests => [.. _requests];

    /// <summary>Starts an empty vault.</summary>
    public static async Task<KeyVaultServer> StartAsync(KeyVaultSettings? settings = null)
    {
        var server = new KeyVaultServer(settings ?? new KeyVaultSettings());
        await server._app.StartAsync();
        server.Port = new Uri(server._app.Urls.Single()).Port;
        return server;
    }

    /// <summary>A new version of a secret, past HTTP.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">Its value.</param>
    /// <param name="isEnabled">False makes reading it fail.</param>
    /// <returns>The version, 32 hexadecimal digits.</returns>
    public string SetSecret(string name, string value, bool isEnabled = true)
    {
        lock (_gate)
        {
            return _secrets.Set(name, value, null, new JsonObject { ["attributes"] = new JsonObject { ["enabled"] = isEnabled } }).Version;
        }
    }

    /// <summary>Carries the requests for every host here, so that a client can use a vault's real address.</summary>
    public SocketsHttpHandler CreateHandler()
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectCallback = async (_, cancellationToken) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync(IPAddress.Loopback, Port, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        var expected = _authority.Server.GetCertHashString();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate?.GetCertHashString() == expected;
        return handler;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Faults.Dispose();
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
        if (_settings.Certificates is null)
        {
            _authority.Dispose();
        }
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var buffer = new MemoryStream();
        await context.Request.Body.CopyToAsync(buffer, context.RequestAborted);
        var record = RecordedRequest.Of(context.Request, (int)buffer.Length);
        _requests.Enqueue(record);
        var fault = record.IsAuthorized ? Faults.Take(context.Request) : null;
        if (fault is { Kind: HttpFaultKind.Stall })
        {
            await Faults.StallAsync(context);
            return;
        }

        var answer = fault switch
        {
            null or { Kind: HttpFaultKind.ResetAfterCommit } => Answer(context.Request, buffer.ToArray()),
            { Kind: HttpFaultKind.Answer } => Refuse(fault),
            _ => null,
        };
        if (answer is null || fault is { Kind: HttpFaultKind.ResetAfterCommit })
        {
            HttpFaults.Reset(context);
            return;
        }

        record.Status = answer.Status;
        await WriteAsync(context.Response, answer);
    }

    private KeyVaultAnswer Answer(HttpRequest http, byte[] body)
    {
        try
        {
            if (FindTokenFault(http) is { } tokenFault)
            {
                return Challenge(tokenFault);
            }

            if (string.IsNullOrEmpty(http.Query["api-version"]))
            {
                throw VaultRefusalException.BadParameter("The api-version query parameter must be given.");
            }

            var request = KeyVaultRequest.Of(http, body);
            lock (_gate)
            {
                return Dispatch(request);
            }
        }
        catch (VaultRefusalException refusal)
        {
            return KeyVaultAnswer.Error(refusal.Status, refusal.Code, refusal.Message, refusal.InnerCode);
        }
        catch (Exception fault) when (fault is InvalidOperationException or FormatException)
        {
            return KeyVaultAnswer.Error(StatusCodes.Status400BadRequest, "BadParameter", $"The request has a value of the wrong type: {fault.Message}", null);
        }
    }

    private KeyVaultAnswer Dispatch(KeyVaultRequest request) => request.Segments.FirstOrDefault() switch
    {
        "secrets" => _secrets.Answer(request),
        "deletedsecrets" => _secrets.AnswerDeleted(request),
        "keys" => _keys.Answer(request),
        "deletedkeys" => _keys.AnswerDeleted(request),
        "certificates" => _certificates.Answer(request),
        "deletedcertificates" => _certificates.AnswerDeleted(request),
        _ => throw new VaultRefusalException(404, "NotFound", "There is nothing at this path."),
    };

    private string? FindTokenFault(HttpRequest request)
    {
        var words = request.Headers.Authorization.ToString().Split(' ');
        return words is not ["Bearer", { Length: > 0 } token] ? "AKV10000: Request is missing a Bearer or PoP token."
            : token == Token || _settings.Accepts?.Invoke(token) == true ? null
            : _settings.Tokens?.IssuedTokens.Contains(token) != true || SignedToken.Read(token) is not { } signed ? "AKV10022: The token is not one of this vault's tenant."
            : signed.Claim("aud") != _settings.Resource ? "AKV10022: Invalid audience."
            : !signed.IsCurrent(_settings.Time.GetUtcNow()) ? "AKV10023: The token is expired."
            : null;
    }

    private KeyVaultAnswer Challenge(string message) => KeyVaultAnswer.Error(401, "Unauthorized", message, null) with
    {
        Headers = new Dictionary<string, string>
        {
            ["WWW-Authenticate"] = $"Bearer authorization=\"{_settings.LoginAddress}/{_settings.TenantId}\", resource=\"{_settings.Resource}\"",
        },
    };

    private KeyVaultAnswer Refuse(HttpFault fault)
    {
        var answer = fault.Status == StatusCodes.Status401Unauthorized
            ? Challenge("AKV10032: Invalid token.")
            : KeyVaultAnswer.Error(fault.Status, fault.Code ?? CodeOf(fault.Status), "Injected by the test.", fault.InnerCode ?? (fault.Status == StatusCodes.Status403Forbidden ? "ForbiddenByRbac" : null));
        return answer with { Headers = answer.Headers.Concat(fault.Headers).ToDictionary() };
    }

    private static string CodeOf(int status) => status switch
    {
        StatusCodes.Status403Forbidden => "Forbidden",
        StatusCodes.Status409Conflict => "Conflict",
        StatusCodes.Status429TooManyRequests => "Throttled",
        StatusCodes.Status503ServiceUnavailable => "ServiceUnavailable",
        _ => "InternalServerError",
    };

    private static async Task WriteAsync(HttpResponse response, KeyVaultAnswer answer)
    {
        response.StatusCode = answer.Status;
        response.Headers["x-ms-request-id"] = Guid.NewGuid().ToString();
        foreach (var (name, value) in answer.Headers)
        {
            response.Headers[name] = value;
        }

        if (answer.Body is { } body)
        {
            response.ContentType = "application/json; charset=utf-8";
            await response.WriteAsync(body.ToJsonString());
        }
    }
}
