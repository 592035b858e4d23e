using System.Net;
using System.Net.Sockets;
using System.Text;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;

namespace Serverless.Components.Clients.AzureRest;

/// <summary>Sends requests to one Azure service over an Azure.Core pipeline, and tells failures as <see cref="AzureException"/>.</summary>
internal sealed class AzureRestClient : IDisposable
{
    // Shorter than the 4 minutes after which Azure's load balancers forget an idle connection; short enough that DNS changes count.
    private static readonly TimeSpan IdleTimeout = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(10);
    private const int MostConnections = 256;

    private readonly AzureRestOptions _options;
    private readonly HttpClientTransport? _ownTransport;
    private readonly HttpPipeline _pipeline;

    public AzureRestClient(AzureRestOptions options)
    {
        _options = options;
        _ownTransport = options.Transport is null ? CreateTransport(options) : null;
        var settings = new PipelineOptions
        {
            Transport = options.Transport ?? _ownTransport!,
            RetryPolicy = new CarefulRetryPolicy(
                options.Retries,
                DelayStrategy.CreateExponentialDelayStrategy(options.RetryDelay, options.LongestRetryDelay),
                options.LongestRetryDelay,
                options.Time),
        };

        // The whole operation has its limit, so that an attempt needs none.
        settings.Retry.NetworkTimeout = Timeout.InfiniteTimeSpan;
        settings.Diagnostics.ApplicationId = "serverless-dapr";
        HttpPipelinePolicy[] eachTime =
        [
            .. options.Authentication is { } authentication ? [authentication] : Array.Empty<HttpPipelinePolicy>(),
            .. options.LongestAnswer is { } longest ? [new AnswerLimitPolicy(longest)] : Array.Empty<HttpPipelinePolicy>(),
        ];
        _pipeline = HttpPipelineBuilder.Build(settings, [], eachTime, new ResponseClassifier());
    }

    /// <summary>Begins a request; the caller disposes it once the answer has been read.</summary>
    public HttpMessage CreateMessage(RequestMethod method, RepeatRule repeat)
    {
        var message = _pipeline.CreateMessage();
        message.Request.Method = method;
        repeat.Set(message);
        return message;
    }

    /// <summary>Begins a request that a builder fills.</summary>
    public HttpMessage CreateMessage(RequestMethod method, RepeatRule repeat, Action<Request> fill)
    {
        var message = CreateMessage(method, repeat);
        fill(message.Request);
        return message;
    }

    /// <summary>Sends a request and gives the answer, whatever its status, with its content buffered.</summary>
    /// <exception cref="AzureConnectionException">There is no answer.</exception>
    /// <exception cref="AzureServiceException">The answer to a write or a receive leaves open whether it was executed.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public ValueTask<Response> SendAsync(HttpMessage message, string operation, CancellationToken cancellationToken) =>
        SendAsync(message, operation, _options.Timeout, cancellationToken);

    /// <inheritdoc cref="SendAsync(HttpMessage, string, CancellationToken)"/>
    /// <param name="message">The request.</param>
    /// <param name="operation">What is done, for messages.</param>
    /// <param name="timeout">How long it may take in all, for one that waits at the service.</param>
    /// <param name="cancellationToken">Ends the operation.</param>
    public async ValueTask<Response> SendAsync(HttpMessage message, string operation, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var watched = RepeatRule.Of(message) == RepeatRule.Freely ? null : new WatchedContent(message.Request.Content);
        if (watched is not null)
        {
            message.Request.Content = watched;
        }

        using var limit = new CancellationTokenSource(timeout, _options.Time);
        using var giveUp = cancellationToken.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), limit);
        try
        {
            await _pipeline.SendAsync(message, limit.Token);
        }
        catch (Exception fault) when (IsFailure(fault))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var reason = limit.IsCancellationRequested ? $"no answer within {timeout.TotalSeconds:0.###} s" : Reason(fault, _options);
            var address = $"{message.Request.Uri.Host}:{message.Request.Uri.Port}";
            throw new AzureConnectionException($"{_options.Service} {operation} at {address}: {reason}", watched is { IsUnderWay: true }, fault);
        }

        return watched is not null && CarefulRetryPolicy.LeavesOpen(message.Response)
            ? throw AzureServiceException.From(message.Response, $"{_options.Service} {operation}", _options.Time.GetUtcNow(), isFateUnknown: true)
            : message.Response;
    }

    /// <summary>The error of an answer that was not expected.</summary>
    public AzureServiceException Unexpected(Response response, string operation) =>
        AzureServiceException.From(response, $"{_options.Service} {operation}", _options.Time.GetUtcNow());

    /// <summary>The error of an answer whose content is not what the service documents.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="operation">What was done, for messages.</param>
    /// <param name="fault">What is wrong with it; its message is told.</param>
    /// <param name="isFateUnknown">True for a write or a receive.</param>
    public AzureServiceException Unreadable(Response response, string operation, Exception fault, bool isFateUnknown = false) => AzureServiceException.Create(
        $"{_options.Service} {operation}",
        response.Status,
        new AzureError(null, $"its content can't be read ({fault.Message})"),
        AzureServiceException.ReadRequestId(response),
        isFateUnknown);

    public void Dispose() => _ownTransport?.Dispose();

    /// <summary>True for what a pipeline throws when there is no answer.</summary>
    /// <remarks>A bare <see cref="SocketException"/> is a new connection that was gone before the runtime had asked for its address.</remarks>
    public static bool IsFailure(Exception fault) =>
        fault is RequestFailedException or IOException or SocketException or OperationCanceledException or AuthenticationFailedException or InvalidOperationException or InvalidDataException;

    /// <summary>Why there is no answer, when no time limit of the caller's has passed.</summary>
    public static string Reason(Exception fault, AzureRestOptions options) => fault switch
    {
        // The runtime's way to say that connecting took too long.
        OperationCanceledException { InnerException: TimeoutException } => $"no connection within {options.ConnectTimeout.TotalSeconds:0.###} s",

        // Of a failed TLS handshake, the outer exceptions only say that there is an inner one.
        RequestFailedException { InnerException: HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError, InnerException: { } inner } } => inner.Message,
        _ => fault.Message,
    };

    /// <summary>Connections for such a client, or for one of Microsoft's; whoever creates them disposes them.</summary>
    /// <remarks>They have no timeout of their own, and no redirection takes a signature elsewhere.</remarks>
    public static HttpClientTransport CreateTransport(AzureRestOptions options) => new(new HttpClient(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = options.ConnectTimeout,
        MaxConnectionsPerServer = MostConnections,
        PooledConnectionIdleTimeout = IdleTimeout,
        PooledConnectionLifetime = ConnectionLifetime,
        ResponseHeaderEncodingSelector = static (_, _) => Encoding.UTF8,
        UseCookies = false,
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    });

    private sealed class PipelineOptions : ClientOptions;
}
