using System.Net;
using Microsoft.AspNetCore.Http;

namespace Serverless.IntegrationTests.HostEmulator;

/// <summary><c>enableProxyingHttpRequest</c>: what YARP's forwarder does with its default transforms. Both bodies are streamed.</summary>
internal sealed class ProxyForwarder(string hostVersion) : IRequestForwarder, IDisposable
{
    private const int MaxRetries = 10;
    private static readonly TimeSpan ActivityTimeout = TimeSpan.FromSeconds(240);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LastPause = TimeSpan.FromMilliseconds(250);

    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        ActivityHeadersPropagator = null,
        ConnectTimeout = TimeSpan.FromSeconds(15),
    });

    public async Task ForwardAsync(HttpContext context, Uri handler)
    {
        using var activity = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        activity.CancelAfter(ActivityTimeout);
        using var request = Create(context, handler);
        using var response = await SendAsync(request, activity.Token);
        RequestCopy.CopyHeaders(response, context.Response);
        if (context.Response.StatusCode is not (204 or 304))
        {
            await CopyBodyAsync(response, context, activity);
        }
    }

    public void Dispose() => _client.Dispose();

    // A handler that cannot be reached is tried again, ever more slowly; nothing of the body is gone then.
    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var pause = new PeriodicTimer(FirstPause);
        for (var retry = 0; ; retry++)
        {
            try
            {
                return await _client.SendAsync(request, cancellationToken);
            }
            catch (HttpRequestException exception) when (exception.HttpRequestError == HttpRequestError.ConnectionError && retry < MaxRetries)
            {
                await pause.WaitForNextTickAsync(cancellationToken);
                pause.Period = TimeSpan.FromTicks(Math.Min(pause.Period.Ticks * 2, LastPause.Ticks));
            }
        }
    }

    private HttpRequestMessage Create(HttpContext context, Uri handler)
    {
        var incoming = context.Request;
        var target = new Uri(handler, PathEncoding.Encode((incoming.PathBase + incoming.Path).Value!) + incoming.QueryString.Value);
        var request = new HttpRequestMessage(new HttpMethod(incoming.Method), target) { Version = HttpVersion.Version11 };
        if (incoming.ContentLength > 0 || incoming.Headers.TransferEncoding.Count > 0)
        {
            request.Content = new StreamContent(incoming.Body);
        }
        else if (incoming.ContentLength == 0)
        {
            request.Content = new ByteArrayContent([]);
        }

        RequestCopy.CopyHeaders(incoming, request);
        Replace(request, "X-Forwarded-For", context.Connection.RemoteIpAddress?.ToString() ?? "");
        Replace(request, "X-Forwarded-Host", incoming.Host.Value ?? "");
        Replace(request, "X-Forwarded-Proto", incoming.Scheme);
        InvocationHeaders.Add(request, hostVersion);
        InvocationHeaders.AddCorrelation(request);
        return request;
    }

    private static void Replace(HttpRequestMessage request, string name, string value)
    {
        request.Headers.Remove(name);
        request.Headers.TryAddWithoutValidation(name, value);
    }

    // Each piece goes out as it comes in, so that streamed answers arrive as they are made.
    private static async Task CopyBodyAsync(HttpResponseMessage response, HttpContext context, CancellationTokenSource activity)
    {
        await using var body = await response.Content.ReadAsStreamAsync(activity.Token);
        var buffer = new byte[64 << 10];
        while (await body.ReadAsync(buffer, activity.Token) is > 0 and var read)
        {
            activity.CancelAfter(ActivityTimeout);
            await context.Response.Body.WriteAsync(buffer.AsMemory(0, read), activity.Token);
            await context.Response.Body.FlushAsync(activity.Token);
        }
    }
}
