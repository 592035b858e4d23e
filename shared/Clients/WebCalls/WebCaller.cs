using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Serverless.Components.Clients.WebCalls;

/// <summary>Calls HTTP servers over one pool of connections. Its owner disposes it.</summary>
/// <remarks>
/// No proxy, no cookies, no decompression, and nothing is sent twice. A redirect is followed as Go's client does (ten at most), but only
/// within the same scheme, host and port, since headers may hold tokens; one that leads elsewhere is the answer.
/// </remarks>
internal sealed class WebCaller : IDisposable
{
    private const int MostRedirects = 10;
    private const string UserAgent = "User-Agent";
    private const string Product = "serverless-dapr";
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan IdleLimit = TimeSpan.FromSeconds(90);

    // A server that moves gets other addresses.
    private static readonly TimeSpan ConnectionAge = TimeSpan.FromMinutes(5);
    private readonly WebCallerOptions _options;
    private readonly HttpMessageInvoker _invoker;

    /// <summary>Connects with the first call.</summary>
    public WebCaller(WebCallerOptions options)
    {
        _options = options;
        _invoker = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ActivityHeadersPropagator = null,
            AutomaticDecompression = DecompressionMethods.None,
            EnableMultipleHttp2Connections = true,
            ConnectTimeout = ConnectLimit,
            PooledConnectionIdleTimeout = IdleLimit,
            PooledConnectionLifetime = ConnectionAge,
            RequestHeaderEncodingSelector = static (_, _) => Encoding.UTF8,
            ResponseHeaderEncodingSelector = static (_, _) => Encoding.UTF8,
            SslOptions = options.Tls,
        });
    }

    /// <summary>Sends a call and reads the whole answer.</summary>
    /// <exception cref="WebCallException">There is no usable answer; the message tells when the fate of the call is unknown.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async ValueTask<WebAnswer> SendAsync(WebRequest request, CancellationToken cancellationToken)
    {
        using var timeout = _options.Limit is { } limit ? new CancellationTokenSource(limit, _options.Time) : null;
        using var both = timeout is null ? null : CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        WebContent? content = null;
        try
        {
            for (var redirects = 0; ; redirects++)
            {
                using var message = CreateMessage(request, out content);
                using var response = await _invoker.SendAsync(message, both?.Token ?? cancellationToken);
                if (WebRedirect.Follow(request, response) is not { } next)
                {
                    return await ReadAsync(request, response, both?.Token ?? cancellationToken);
                }

                request = redirects < MostRedirects ? next : throw new WebCallException($"{Name(request)}: stopped after {MostRedirects} redirects");
            }
        }
        catch (OperationCanceledException fault) when (timeout is { IsCancellationRequested: true } && !cancellationToken.IsCancellationRequested)
        {
            throw new WebCallException($"{Name(request)}: no complete answer within {_options.Limit!.Value.TotalSeconds:0.###} s", IsFateUnknown(request, content), fault);
        }
        catch (OperationCanceledException fault) when (fault.InnerException is TimeoutException && !cancellationToken.IsCancellationRequested)
        {
            // The runtime's way to say that connecting took too long.
            throw new WebCallException($"{Name(request)}: no connection within {ConnectLimit.TotalSeconds:0} s", innerException: fault);
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or SocketException)
        {
            // The outermost message of a failed TLS handshake only points to the one within.
            throw new WebCallException($"{Name(request)}: {fault.GetBaseException().Message}", IsFateUnknown(request, content), fault);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _invoker.Dispose();

    private static string Name(WebRequest request) => $"{request.Method} {request.Address.GetLeftPart(UriPartial.Authority)}";

    private static bool IsFateUnknown(WebRequest request, WebContent? content) => content is { IsUnderWay: true } && !request.IsSafe;

    private static HttpRequestMessage CreateMessage(WebRequest request, out WebContent? content)
    {
        // An empty body where none is needed keeps the connection pool from sending a DELETE twice.
        content = request.Body is { } body ? new WebContent(body) : request.IsSafe ? null : new WebContent(default);
        var message = new HttpRequestMessage(request.Method, request.Address)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
            Content = content,
        };
        message.Headers.TryAddWithoutValidation(UserAgent, Product);
        foreach (var (name, value) in request.Headers.Items)
        {
            if (name.Equals(UserAgent, StringComparison.OrdinalIgnoreCase))
            {
                message.Headers.Remove(UserAgent);
            }

            // What .NET counts among a body's headers is refused here; without a body it needs an empty one.
            if (!message.Headers.TryAddWithoutValidation(name, value) && request.Method != HttpMethod.Trace)
            {
                message.Content ??= content = new WebContent(default);
                message.Content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return message;
    }

    private async ValueTask<WebAnswer> ReadAsync(WebRequest request, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, values) in response.Headers.NonValidated)
        {
            headers[name] = values.Count == 1 ? values.ToString() : string.Join(", ", values);
        }

        foreach (var (name, values) in response.Content.Headers.NonValidated)
        {
            headers[name] = values.Count == 1 ? values.ToString() : string.Join(", ", values);
        }

        if (headers.ContainsKey("Content-Length") && response.Content.Headers.ContentLength is null)
        {
            // .NET reads on to the end of the connection then, and takes what is cut off for the whole.
            throw new WebCallException($"{Name(request)}: bad Content-Length in the answer", isFateUnknown: !request.IsSafe);
        }

        var body = await WebBody.ReadAsync(response.Content, request.Method != HttpMethod.Head, _options.LongestAnswer, cancellationToken);
        return body is { } whole
            ? new WebAnswer((int)response.StatusCode, response.ReasonPhrase ?? "", headers, whole)
            : throw new WebCallException($"{Name(request)}: the answer ({(int)response.StatusCode}) is longer than {_options.LongestAnswer} bytes");
    }
}
