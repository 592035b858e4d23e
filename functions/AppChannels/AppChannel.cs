using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Serverless.Functions.Hosting;

namespace Serverless.Functions.AppChannels;

/// <summary>The way to the user's app: HTTP to <c>--app-port</c> at <c>--app-channel-address</c>, or to <c>APP_URL</c>.</summary>
/// <remarks>
/// Dapr: pkg/channel/http. Redirects are answers. A call with a body is sent once; only one of which no byte of the body has left may go to a
/// second connection.
/// </remarks>
internal sealed class AppChannel : IDisposable
{
    /// <summary>What a call may take unless it says otherwise.</summary>
    public static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(60);

    private const string TokenHeader = "dapr-api-token";
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(5);

    // An app elsewhere moves to other addresses.
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(5);

    // Shorter than the five seconds after which many servers close an idle connection: a call sent at that moment would be lost.
    private static readonly TimeSpan IdleLimit = TimeSpan.FromSeconds(4);

    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly HttpMessageInvoker _client;
    private readonly SemaphoreSlim? _places;
    private readonly Version _version;
    private readonly string? _token;
    private readonly long _maxBodySize;

    private AppChannel(Uri address, RuntimeOptions options, SocketsHttpHandler handler)
    {
        Address = address;
        _client = new HttpMessageInvoker(handler);
        _places = options.AppMaxConcurrency > 0 ? new SemaphoreSlim(options.AppMaxConcurrency) : null;
        _version = options.AppProtocol == "h2c" ? HttpVersion.Version20 : HttpVersion.Version11;
        _token = options.AppApiToken;
        _maxBodySize = options.MaxBodySize > 0 ? options.MaxBodySize : int.MaxValue;
    }

    /// <summary>The app's base address, with a slash at its end.</summary>
    public Uri Address { get; }

    /// <summary>The channel, or null when the settings name no app that speaks HTTP.</summary>
    public static AppChannel? Create(RuntimeOptions options) =>
        AppAddress.Find(options) is { } address ? new AppChannel(address, options, CreateHandler(options)) : null;

    /// <summary>Sends one call, once there is a place for it among <c>--app-max-concurrency</c>, and reads the whole answer.</summary>
    /// <exception cref="AppUnreachableException">The app was not reached, broke off, or took too long; the message says so without the address's query.</exception>
    /// <exception cref="AppAnswerException">The answer is larger than <c>--max-body-size</c>.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<AppAnswer> SendAsync(AppCall call, CancellationToken cancellationToken)
    {
        if (_places is null || call.IsProbe)
        {
            return await SendInTimeAsync(call, cancellationToken);
        }

        await _places.WaitAsync(cancellationToken);
        try
        {
            return await SendInTimeAsync(call, cancellationToken);
        }
        finally
        {
            _places.Release();
        }
    }

    public void Dispose()
    {
        _client.Dispose();
        _places?.Dispose();
    }

    private static SocketsHttpHandler CreateHandler(RuntimeOptions options)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ActivityHeadersPropagator = null,
            AutomaticDecompression = DecompressionMethods.None,
            RequestHeaderEncodingSelector = static (_, _) => Encoding.UTF8,
            ConnectTimeout = ConnectLimit,
            EnableMultipleHttp2Connections = true,
            PooledConnectionLifetime = ConnectionLifetime,
            PooledConnectionIdleTimeout = IdleLimit,
        };
        if (options.AppUrl.Length == 0)
        {
            // As daprd does: the app beside it has a certificate of its own making, but it must have one.
            handler.SslOptions.RemoteCertificateValidationCallback = static (_, _, _, errors) => !errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable);
        }

        return handler;
    }

    private async Task<AppAnswer> SendInTimeAsync(AppCall call, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(call.TimeLimit);
        using var request = CreateRequest(call);
        try
        {
            using var response = await _client.SendAsync(request, limit.Token);
            return await ReadAsync(call, response, limit.Token);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            var tookTooLong = limit.IsCancellationRequested;
            var waited = tookTooLong ? call.TimeLimit : ConnectLimit;
            throw new AppUnreachableException($"the app did not answer within {waited.TotalSeconds:0.###} s", exception) { MayHaveArrived = tookTooLong, TookTooLong = tookTooLong };
        }
        catch (HttpRequestException exception) when (exception.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            throw new AppAnswerException($"the app's answer is too large: its body may have {_maxBodySize} bytes (--max-body-size)", exception);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or SocketException)
        {
            var cause = exception.InnerException is AuthenticationException tls ? tls.Message : exception.Message;
            throw new AppUnreachableException($"the app did not answer: {cause}", exception) { MayHaveArrived = !NeverArrived(exception) };
        }
    }

    private static bool NeverArrived(Exception exception) => exception is HttpRequestException
    {
        HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError,
    };

    private HttpRequestMessage CreateRequest(AppCall call)
    {
        // Put together as text: resolved against the base, a route such as a:b would be an address of its own.
        var request = new HttpRequestMessage(call.Method, new Uri($"{Address.AbsoluteUri}{call.Path}"))
        {
            Version = _version,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        if (call.ContentType is { } type)
        {
            request.Content = new ReadOnlyMemoryContent(call.Body);
            request.Content.Headers.ContentType = type == Json.MediaType ? Json : new MediaTypeHeaderValue(type);
        }

        foreach (var (name, value) in call.Headers)
        {
            // The client keeps the headers that describe a body apart.
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, value);
            }
        }

        if (_token is not null)
        {
            request.Headers.Remove(TokenHeader);
            request.Headers.TryAddWithoutValidation(TokenHeader, _token);
        }

        return request;
    }

    private async Task<AppAnswer> ReadAsync(AppCall call, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (call.IgnoresBody || response.Content.Headers.ContentLength == 0)
        {
            return new AppAnswer((int)response.StatusCode, default);
        }

        await response.Content.LoadIntoBufferAsync(_maxBodySize, cancellationToken);
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        var type = response.Content.Headers.ContentType?.MediaType ?? "";
        return new AppAnswer((int)response.StatusCode, body) { IsJson = type.EndsWith("json", StringComparison.OrdinalIgnoreCase) };
    }
}
