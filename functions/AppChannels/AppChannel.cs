using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using Serverless.Functions.Hosting;

namespace Serverless.Functions.AppChannels;

/// <summary>The way to the user's app: HTTP to <c>--app-port</c> at <c>--app-channel-address</c>, or to <c>APP_URL</c>.</summary>
/// <remarks>Dapr: pkg/channel/http. Redirects are answers, and nothing is sent twice.</remarks>
internal sealed class AppChannel : IDisposable
{
    private const string TokenHeader = "dapr-api-token";
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    // An app elsewhere moves to other addresses.
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(5);

    private readonly HttpMessageInvoker _client;
    private readonly string? _token;
    private readonly long _maxBodySize;

    private AppChannel(Uri address, RuntimeOptions options, SocketsHttpHandler handler)
    {
        Address = address;
        _client = new HttpMessageInvoker(handler);
        _token = options.AppApiToken;
        _maxBodySize = options.MaxBodySize > 0 ? options.MaxBodySize : int.MaxValue;
    }

    /// <summary>The app's base address, with a slash at its end.</summary>
    public Uri Address { get; }

    /// <summary>The channel, or null when the settings name no app that speaks HTTP.</summary>
    public static AppChannel? Create(RuntimeOptions options) =>
        AppAddress.Find(options) is { } address ? new AppChannel(address, options, CreateHandler(options)) : null;

    /// <summary>Sends one call and reads the whole answer.</summary>
    /// <exception cref="AppUnreachableException">The app was not reached, or broke off; the message says so without the address's query.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<AppAnswer> SendAsync(AppCall call, CancellationToken cancellationToken)
    {
        using var request = CreateRequest(call);
        try
        {
            using var response = await _client.SendAsync(request, cancellationToken);
            return new AppAnswer((int)response.StatusCode, await ReadAsync(response.Content, cancellationToken));
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or SocketException)
        {
            throw new AppUnreachableException($"the app did not answer: {exception.Message}", exception);
        }
    }

    public void Dispose() => _client.Dispose();

    private static SocketsHttpHandler CreateHandler(RuntimeOptions options)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ActivityHeadersPropagator = null,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = ConnectTimeout,
            PooledConnectionLifetime = ConnectionLifetime,
        };
        if (options.AppUrl.Length == 0)
        {
            // As daprd does: the app beside it has a certificate of its own making, but it must have one.
            handler.SslOptions.RemoteCertificateValidationCallback = static (_, _, _, errors) => !errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable);
        }

        return handler;
    }

    private HttpRequestMessage CreateRequest(AppCall call)
    {
        var request = new HttpRequestMessage(call.Method, new Uri(Address, call.Path)) { Version = HttpVersion.Version11 };
        request.Content = new ReadOnlyMemoryContent(call.Body);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(call.ContentType);
        foreach (var (name, value) in call.Headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        if (_token is not null)
        {
            request.Headers.Remove(TokenHeader);
            request.Headers.TryAddWithoutValidation(TokenHeader, _token);
        }

        return request;
    }

    private async Task<byte[]> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        await content.LoadIntoBufferAsync(_maxBodySize, cancellationToken);
        return await content.ReadAsByteArrayAsync(cancellationToken);
    }
}
