using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Serverless.IntegrationTests.HostEmulator;

/// <summary><c>enableForwardingHttpRequest</c>: the host's older way, with its faults, everything buffered.</summary>
internal sealed class LegacyForwarder(string hostVersion, TimeSpan functionTimeout) : IRequestForwarder, IDisposable
{
    private static readonly string[] LostHeaders = ["Content-Encoding", "Content-Language"];

    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        UseCookies = false,
        ActivityHeadersPropagator = null,
    });

    public async Task ForwardAsync(HttpContext context, Uri handler)
    {
        if (context.Request.Headers.TransferEncoding.Count > 0)
        {
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            return;
        }

        using var limit = new CancellationTokenSource(functionTimeout + TimeSpan.FromMinutes(1));
        using var request = await CreateAsync(context, handler);
        using var response = await _client.SendAsync(request, limit.Token);
        var body = await response.Content.ReadAsByteArrayAsync(limit.Token);
        RequestCopy.CopyHeaders(response, context.Response);
        if (context.Response.StatusCode is 204 or 304)
        {
            // The host tries to write a body all the same: that throws, and the connection is dropped behind the status.
            await context.Response.StartAsync(limit.Token);
            throw new InvalidOperationException($"Writing to the response body is invalid for responses with status code {context.Response.StatusCode}.");
        }

        await context.Response.Body.WriteAsync(body, limit.Token);
    }

    public void Dispose() => _client.Dispose();

    private async Task<HttpRequestMessage> CreateAsync(HttpContext context, Uri handler)
    {
        var incoming = context.Request;
        var request = new HttpRequestMessage(new HttpMethod(incoming.Method), Target(incoming, handler)) { Version = HttpVersion.Version11 };
        if (incoming.ContentLength is not null)
        {
            var body = new MemoryStream();
            await incoming.Body.CopyToAsync(body, context.RequestAborted);
            request.Content = new ByteArrayContent(body.ToArray());
        }

        RequestCopy.CopyHeaders(incoming, request);
        foreach (var lost in LostHeaders)
        {
            request.Content?.Headers.Remove(lost);
        }

        request.Headers.Host = incoming.Host.Value;
        request.Headers.TryAddWithoutValidation("User-Agent", $"Azure-Functions-Host/{hostVersion}");
        InvocationHeaders.Add(request, hostVersion);
        return request;
    }

    // The decoded path is read as a URI once more: a decoded '?' or '#' ends it, an escape left in it is decoded again.
    private static Uri Target(HttpRequest incoming, Uri handler)
    {
        var path = incoming.Path.Value ?? "/";
        var end = path.AsSpan().IndexOfAny('?', '#');
        var merged = incoming.Query.Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value.ToString()));
        return new Uri(QueryHelpers.AddQueryString(new Uri(handler, end < 0 ? path : path[..end]).AbsoluteUri, merged));
    }
}
