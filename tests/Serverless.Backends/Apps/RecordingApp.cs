using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Serverless.Backends.Network;
using Serverless.Backends.Processes;

namespace Serverless.Backends.Apps;

/// <summary>A user's app on loopback: keeps every call, answers by script, and can be stopped and started again on its port.</summary>
public sealed class RecordingApp : IAsyncDisposable
{
    private static readonly TimeSpan DefaultLimit = TimeSpan.FromSeconds(10);
    private readonly Lock _gate = new();
    private readonly List<AppRequest> _requests = [];
    private readonly CertificateSet? _certificates;
    private readonly HttpProtocols _protocols;
    private WebApplication? _app;
    private int _atOnce;

    private RecordingApp(CertificateSet? certificates, HttpProtocols protocols)
    {
        _certificates = certificates;
        _protocols = protocols;
    }

    /// <summary>The port, the same after each start.</summary>
    public int Port { get; } = FreePort.Lasting();

    /// <summary>The base address.</summary>
    public Uri Address => new($"{(_certificates is null ? "http" : "https")}://127.0.0.1:{Port}/");

    /// <summary>Answers a call; the token ends with the caller's patience or the app. 200 without a body unless it is set.</summary>
    public Func<AppRequest, CancellationToken, Task<AppReply>> Script { get; set; } = (_, _) => Task.FromResult(AppReply.Ok);

    /// <summary>All calls, in the order of arrival.</summary>
    public IReadOnlyList<AppRequest> Requests
    {
        get
        {
            lock (_gate)
            {
                return [.. _requests];
            }
        }
    }

    /// <summary>The most calls that were in hand at one time, <c>OPTIONS</c> and <c>GET</c> left out.</summary>
    public int MostAtOnce { get; private set; }

    /// <summary>Starts an app; with certificates it speaks https only.</summary>
    public static async Task<RecordingApp> StartAsync(CertificateSet? certificates = null, HttpProtocols protocols = HttpProtocols.Http1)
    {
        var app = new RecordingApp(certificates, protocols);
        await app.StartAgainAsync();
        return app;
    }

    /// <summary>An app whose port refuses connections until <see cref="StartAgainAsync"/>.</summary>
    public static RecordingApp Down(CertificateSet? certificates = null) => new(certificates, HttpProtocols.Http1);

    /// <summary>A script that never answers.</summary>
    public static async Task<AppReply> HangAsync(AppRequest request, CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        return AppReply.Ok;
    }

    /// <summary>The calls of a method and a path.</summary>
    public IReadOnlyList<AppRequest> Of(string method, string path) => [.. Requests.Where(request => request.Method == method && request.Path == path)];

    /// <summary>Waits until so many calls of a method and a path have come, and returns them.</summary>
    /// <exception cref="TimeoutException">They did not within <paramref name="limit"/> (10 s).</exception>
    public async Task<IReadOnlyList<AppRequest>> WaitAsync(int count, string method, string path, CancellationToken cancellationToken, TimeSpan? limit = null)
    {
        await Eventually.MustAsync($"{count} × {method} {path} at the app", () => Task.FromResult(Of(method, path).Count >= count), limit ?? DefaultLimit, cancellationToken);
        return Of(method, path);
    }

    /// <summary>Forgets the calls so far.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _requests.Clear();
            MostAtOnce = 0;
        }
    }

    /// <summary>Breaks every connection off; the port refuses from now on.</summary>
    public async Task StopAsync()
    {
        if (Interlocked.Exchange(ref _app, null) is { } app)
        {
            using var now = new CancellationTokenSource();
            await now.CancelAsync();
            await app.StopAsync(now.Token);
            await app.DisposeAsync();
        }
    }

    /// <summary>Listens again on the same port.</summary>
    public async Task StartAgainAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.RequestHeaderEncodingSelector = _ => Encoding.UTF8;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, Port, listen =>
            {
                listen.Protocols = _protocols;
                if (_certificates is not null)
                {
                    listen.UseHttps(_certificates.Server);
                }
            });
        });
        var app = builder.Build();
        app.Run(RunAsync);
        await app.StartAsync();
        _app = app;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await StopAsync();

    private async Task RunAsync(HttpContext context)
    {
        using var buffer = new MemoryStream();
        await context.Request.Body.CopyToAsync(buffer, context.RequestAborted);
        var request = new AppRequest(
            context.Request.Method,
            context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget,
            context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            buffer.ToArray());
        var counts = request.Method is not ("OPTIONS" or "GET");
        Enter(request, counts);
        try
        {
            await WriteAsync(context, await Script(request, context.RequestAborted));
        }
        catch (OperationCanceledException)
        {
            // The caller has gone, or the app is stopped.
            context.Abort();
        }
        finally
        {
            Leave(counts);
        }
    }

    private void Enter(AppRequest request, bool counts)
    {
        lock (_gate)
        {
            _requests.Add(request);
            _atOnce += counts ? 1 : 0;
            MostAtOnce = Math.Max(MostAtOnce, _atOnce);
        }
    }

    private void Leave(bool counts)
    {
        lock (_gate)
        {
            _atOnce -= counts ? 1 : 0;
        }
    }

    private static async Task WriteAsync(HttpContext context, AppReply reply)
    {
        if (reply.IsReset)
        {
            context.Abort();
            return;
        }

        context.Response.StatusCode = reply.Status;
        if (reply.Body.Length > 0)
        {
            context.Response.ContentType = reply.ContentType;
            context.Response.ContentLength = reply.Body.Length;
            await context.Response.Body.WriteAsync(reply.Body, context.RequestAborted);
        }
    }
}
