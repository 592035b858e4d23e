using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Primitives;
using Serverless.Backends.Faults;
using Serverless.Backends.Network;

namespace Serverless.Backends.WebServices;

/// <summary>A server on loopback that keeps every request in whole and answers what it is told.</summary>
public sealed class ScriptedServer : IAsyncDisposable
{
    private readonly ConcurrentQueue<ScriptedCall> _calls = new();
    private readonly Func<ScriptedCall, ServerAnswer> _answer;
    private readonly HttpFaults _faults = new();
    private readonly WebApplication _app;

    private ScriptedServer(Func<ScriptedCall, ServerAnswer> answer, CertificateSet? certificates)
    {
        _answer = answer;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.ResponseHeaderEncodingSelector = _ => Encoding.UTF8;
            kestrel.RequestHeaderEncodingSelector = _ => Encoding.UTF8;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                listen.Protocols = HttpProtocols.Http1AndHttp2;
                if (certificates is not null)
                {
                    listen.UseHttps(https =>
                    {
                        https.ServerCertificate = certificates.Server;
                        https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
                        https.ClientCertificateValidation = (_, _, _) => true;
                    });
                }
            });
        });
        _app = builder.Build();
        _app.Run(RunAsync);
    }

    /// <summary>The address, without a slash at its end; https is spoken as <c>localhost</c>.</summary>
    public string Address { get; private set; } = "";

    /// <summary>Every request so far.</summary>
    public IReadOnlyList<ScriptedCall> Calls => [.. _calls];

    /// <summary>The only request whose target begins so.</summary>
    public ScriptedCall Call(string target) => _calls.Single(call => call.Target.StartsWith(target, StringComparison.Ordinal));

    /// <summary>Starts a server; status 0 of an answer means none at all, -1 a reset.</summary>
    public static async Task<ScriptedServer> StartAsync(Func<ScriptedCall, ServerAnswer> answer, CancellationToken cancellationToken, CertificateSet? certificates = null)
    {
        var server = new ScriptedServer(answer, certificates);
        await server._app.StartAsync(cancellationToken);
        var port = new Uri(server._app.Urls.Single()).Port;
        server.Address = certificates is null ? $"http://127.0.0.1:{port}" : $"https://localhost:{port}";
        return server;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _faults.Dispose();
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private async Task RunAsync(HttpContext context)
    {
        using var buffer = new MemoryStream();
        await context.Request.Body.CopyToAsync(buffer, context.RequestAborted);
        var call = new ScriptedCall(
            context.Request.Method,
            context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget,
            context.Request.Headers.ToDictionary(header => header.Key, header => string.Join(", ", header.Value.AsEnumerable()), StringComparer.OrdinalIgnoreCase),
            buffer.ToArray())
        {
            ClientCertificate = context.Connection.ClientCertificate?.Thumbprint,
        };
        _calls.Enqueue(call);
        var answer = _answer(call);
        switch (answer.Status)
        {
            case 0:
                await _faults.StallAsync(context);
                return;
            case -1:
                HttpFaults.Reset(context);
                return;
        }

        context.Response.StatusCode = answer.Status;
        context.Response.ContentType = answer.ContentType;
        foreach (var (name, value) in answer.Headers)
        {
            // One line each.
            context.Response.Headers[name] = new StringValues(value.Split('\n'));
        }

        if (answer.Body.Length > 0 && !HttpMethods.IsHead(call.Method))
        {
            context.Response.ContentLength = answer.Body.Length;
            await context.Response.Body.WriteAsync(answer.Body);
        }
    }
}
