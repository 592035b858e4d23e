using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Serverless.Backends.Network;

namespace Serverless.Backends.Faults;

/// <summary>A server on loopback that stands in for a cloud service: it keeps a journal and fails when told.</summary>
public abstract class FaultyServer : IAsyncDisposable
{
    private readonly ConcurrentQueue<RecordedRequest> _requests = new();
    private readonly CertificateSet _certificates;
    private readonly bool _ownsCertificates;
    private readonly WebApplication _app;

    /// <summary>A server that doesn't listen yet.</summary>
    /// <param name="certificates">Whose server certificate is shown; null means a set of its own.</param>
    /// <param name="withHttp">True to listen without TLS too.</param>
    protected FaultyServer(CertificateSet? certificates, bool withHttp)
    {
        _certificates = certificates ?? new CertificateSet();
        _ownsCertificates = certificates is null;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.ResponseHeaderEncodingSelector = _ => Encoding.UTF8;
            kestrel.RequestHeaderEncodingSelector = _ => Encoding.UTF8;
            kestrel.ConfigureEndpointDefaults(listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(_certificates.Server));
            if (withHttp)
            {
                kestrel.Listen(IPAddress.Loopback, 0);
            }
        });
        _app = builder.Build();
        _app.Run(RunAsync);
    }

    /// <summary>The port of the https address.</summary>
    public int HttpsPort { get; private set; }

    /// <summary>The port of the http address; 0 when there is none.</summary>
    public int HttpPort { get; private set; }

    /// <summary>PEM certificate of whom to trust.</summary>
    public string AuthorityPem => _certificates.AuthorityPem;

    /// <summary>Faults for requests that carry an Authorization header; one that only asks for a challenge meets none.</summary>
    public HttpFaults Faults { get; } = new();

    /// <summary>Every request, in the order of arrival.</summary>
    public IReadOnlyList<RecordedRequest> Requests => [.. _requests];

    /// <summary>Carries the requests for every host here, so that a client can use a service's real address.</summary>
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
        var expected = _certificates.Server.GetCertHashString();
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
        if (_ownsCertificates)
        {
            _certificates.Dispose();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>Begins to listen.</summary>
    protected async Task ListenAsync()
    {
        await _app.StartAsync();
        foreach (var address in _app.Urls.Select(url => new Uri(url)))
        {
            _ = address.Scheme == Uri.UriSchemeHttps ? HttpsPort = address.Port : HttpPort = address.Port;
        }
    }

    /// <summary>Carries a request out.</summary>
    protected abstract Task<ServerAnswer> AnswerAsync(HttpRequest request, byte[] body, CancellationToken cancellationToken);

    /// <summary>The answer of a fault, in the form of the service.</summary>
    protected abstract ServerAnswer Refuse(HttpFault fault);

    private async Task RunAsync(HttpContext context)
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

        ServerAnswer? answer = null;
        try
        {
            answer = fault switch
            {
                null or { Kind: HttpFaultKind.ResetAfterCommit } => await AnswerAsync(context.Request, buffer.ToArray(), context.RequestAborted),
                { Kind: HttpFaultKind.Answer } => Refuse(fault),
                _ => null,
            };
        }
        catch (OperationCanceledException)
        {
            // The client has gone.
        }

        if (answer is null || fault is { Kind: HttpFaultKind.ResetAfterCommit })
        {
            HttpFaults.Reset(context);
            return;
        }

        record.Status = answer.Status;
        await WriteAsync(context.Response, answer);
    }

    private static async Task WriteAsync(HttpResponse response, ServerAnswer answer)
    {
        response.StatusCode = answer.Status;
        response.ContentType = answer.ContentType;
        foreach (var (name, value) in answer.Headers)
        {
            response.Headers[name] = value;
        }

        if (answer.Body.Length > 0)
        {
            response.ContentLength = answer.Body.Length;
            await response.Body.WriteAsync(answer.Body);
        }
    }
}
