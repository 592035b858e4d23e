using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Serverless.IntegrationTests.Load;

/// <summary>Stands before a service and answers every so many requests that it is busy, and when to come again.</summary>
internal sealed class ThrottlingProxy : IAsyncDisposable
{
    private static readonly string[] ConnectionHeaders = ["Connection", "Keep-Alive", "Transfer-Encoding", "Host"];
    private readonly HttpClient _client = new(new SocketsHttpHandler());
    private readonly WebApplication _app;
    private readonly string _target;
    private readonly int _share;
    private int _requests;
    private int _refused;

    private ThrottlingProxy(int targetPort, int share)
    {
        (_target, _share) = ($"http://127.0.0.1:{targetPort}", share);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    /// <summary>Where it listens.</summary>
    public int Port => new Uri(_app.Urls.Single()).Port;

    /// <summary>Requests that it refused.</summary>
    public int Refused => Volatile.Read(ref _refused);

    /// <summary>Starts one that refuses one of <paramref name="share"/> requests.</summary>
    public static async Task<ThrottlingProxy> StartAsync(int targetPort, int share, CancellationToken cancellationToken)
    {
        var proxy = new ThrottlingProxy(targetPort, share);
        await proxy._app.StartAsync(cancellationToken);
        return proxy;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _client.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var number = Interlocked.Increment(ref _requests);
        if (number % _share == 0)
        {
            Interlocked.Increment(ref _refused);

            // With a part of it unread, the connection would break.
            await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
            context.Response.StatusCode = number / _share % 2 == 0 ? 503 : 429;
            context.Response.Headers.RetryAfter = "1";
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync("""{"odata.error":{"code":"ServerBusy","message":{"lang":"en-US","value":"The server is busy."}}}""", context.RequestAborted);
            return;
        }

        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), _target + context.Features.Get<IHttpRequestFeature>()!.RawTarget);
        request.Content = context.Request.ContentLength is > 0 ? new StreamContent(context.Request.Body) : null;
        foreach (var (name, value) in context.Request.Headers.Where(header => !ConnectionHeaders.Contains(header.Key, StringComparer.OrdinalIgnoreCase)))
        {
            if (!request.Headers.TryAddWithoutValidation(name, value.ToArray()))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, value.ToArray());
            }
        }

        using var response = await _client.SendAsync(request, context.RequestAborted);
        context.Response.StatusCode = (int)response.StatusCode;
        foreach (var (name, values) in response.Headers.Concat(response.Content.Headers).Where(header => !ConnectionHeaders.Contains(header.Key, StringComparer.OrdinalIgnoreCase)))
        {
            context.Response.Headers[name] = values.ToArray();
        }

        if (response.StatusCode == HttpStatusCode.NoContent)
        {
            // Kestrel takes not even an empty body.
            return;
        }

        await response.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
    }
}
