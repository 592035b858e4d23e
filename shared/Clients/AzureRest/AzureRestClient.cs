using System.Net;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;

namespace Serverless.Components.Clients.AzureRest;

/// <summary>Sends requests to one Azure service over an Azure.Core pipeline, and tells failures as <see cref="AzureException"/>.</summary>
internal sealed class AzureRestClient : IDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    // Shorter than the 4 minutes after which Azure's load balancers forget an idle connection; short enough that DNS changes count.
    private static readonly TimeSpan IdleTimeout = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(10);
    private const int MostConnections = 256;
    private static readonly RequestContent NoContent = RequestContent.Create(ReadOnlyMemory<byte>.Empty);

    private readonly AzureRestOptions _options;
    private readonly HttpClientTransport? _ownTransport;
    private readonly HttpPipeline _pipeline;

    public AzureRestClient(AzureRestOptions options)
    {
        _options = options;
        _ownTransport = options.Transport is null ? CreateTransport() : null;
        var settings = new PipelineOptions
        {
            Transport = options.Transport ?? _ownTransport!,
            RetryPolicy = new CarefulRetryPolicy(
                options.Retries, DelayStrategy.CreateExponentialDelayStrategy(options.RetryDelay, options.LongestRetryDelay), options.LongestRetryDelay),
        };
        settings.Retry.NetworkTimeout = options.Timeout;
        settings.Diagnostics.ApplicationId = "serverless-dapr";
        _pipeline = HttpPipelineBuilder.Build(settings, [], options.Authentication is { } authentication ? [authentication] : [], new ResponseClassifier());
    }

    /// <summary>Begins a request; the caller disposes it once the answer has been read.</summary>
    public HttpMessage CreateMessage(RequestMethod method, RepeatRule repeat)
    {
        var message = _pipeline.CreateMessage();
        message.Request.Method = method;
        repeat.Set(message);
        return message;
    }

    /// <summary>Sends a request and gives the answer, whatever its status, with its content buffered.</summary>
    /// <exception cref="AzureConnectionException">There is no answer.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async ValueTask<Response> SendAsync(HttpMessage message, string operation, CancellationToken cancellationToken)
    {
        // A request with content is never sent again by the connection pool on its own account.
        if (RepeatRule.Of(message) != RepeatRule.Freely)
        {
            message.Request.Content ??= NoContent;
        }

        using var timeout = new CancellationTokenSource(_options.Timeout, _options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await _pipeline.SendAsync(message, either.Token);
            return message.Response;
        }
        catch (Exception fault) when (IsFailure(fault) && !cancellationToken.IsCancellationRequested)
        {
            throw Failure(message, operation, fault, timeout.IsCancellationRequested);
        }
    }

    /// <summary>The error of an answer that was not expected.</summary>
    public AzureServiceException Unexpected(Response response, string operation) => AzureServiceException.From(response, $"{_options.Service} {operation}");

    public void Dispose() => _ownTransport?.Dispose();

    private static bool IsFailure(Exception fault) => fault is RequestFailedException or AggregateException or IOException
        or OperationCanceledException or AuthenticationFailedException or InvalidOperationException;

    private AzureConnectionException Failure(HttpMessage message, string operation, Exception fault, bool isTimeout)
    {
        // Several attempts failed: the last tells most.
        var last = fault is AggregateException { InnerExceptions: [.., var inner] } ? inner : fault;
        var reason = isTimeout || last is OperationCanceledException ? $"no answer within {_options.Timeout.TotalSeconds:0.###} s" : last.Message;
        var isUnsent = last is AuthenticationFailedException or InvalidOperationException || CarefulRetryPolicy.IsUnsent(last);
        var isFateUnknown = RepeatRule.Of(message) != RepeatRule.Freely && !isUnsent;
        var doubt = isFateUnknown ? "; whether it was executed is unknown" : "";
        return new AzureConnectionException($"{_options.Service} {operation} at {message.Request.Uri.Host}:{message.Request.Uri.Port}: {reason}{doubt}", isFateUnknown, fault);
    }

    private static HttpClientTransport CreateTransport() => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = ConnectTimeout,
        MaxConnectionsPerServer = MostConnections,
        PooledConnectionIdleTimeout = IdleTimeout,
        PooledConnectionLifetime = ConnectionLifetime,
        UseCookies = false,
    });

    private sealed class PipelineOptions : ClientOptions;
}
