using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Serverless.IntegrationTests.HostEmulator;

/// <summary>An emulator of the Azure Functions host for tests, written from its observed contract. It is NOT the Functions host.</summary>
public sealed class FunctionsHost : IAsyncDisposable
{
    private const long MaxRequestBodySize = 104_857_600;
    private readonly HostSettings _settings;
    private readonly HandlerSupervisor _supervisor;
    private readonly FunctionRouter _router;
    private readonly TriggerInvoker _triggers;
    private readonly TriggerListeners _listeners;
    private readonly IRequestForwarder _forwarder;
    private readonly WebApplication _server;

    private FunctionsHost(HostSettings settings, HostFile file, FunctionSet functions)
    {
        _settings = settings;
        Functions = functions;
        _router = new FunctionRouter(functions, file.RoutePrefix);
        _supervisor = new HandlerSupervisor(settings, file, Journal);
        _triggers = new TriggerInvoker(_supervisor, settings.HostVersion, file.FunctionTimeout);
        _listeners = new TriggerListeners(settings, file, _triggers, Journal);
        _forwarder = CreateForwarder(settings, file);
        _server = CreateServer(settings.Port);
        _server.Run(AnswerAsync);
    }

    /// <summary>The functions of the script root.</summary>
    public FunctionSet Functions { get; }

    /// <summary>What happened.</summary>
    public HostJournal Journal { get; } = new();

    /// <summary>The host's port on 127.0.0.1.</summary>
    public int Port => _settings.Port;

    /// <summary>The handler that runs now: its process and its port.</summary>
    public (ChildProcess Process, int Port) Handler =>
        _supervisor.Current is { } current ? (current.Process, current.Port) : throw new HostException("no handler is running");

    /// <summary>Starts the host; the handler is not waited for.</summary>
    /// <exception cref="HostException">host.json is not usable.</exception>
    public static async Task<FunctionsHost> StartAsync(HostSettings settings, CancellationToken cancellationToken)
    {
        var file = HostFile.Read(settings.ScriptRoot, settings.AppSettings);
        var host = new FunctionsHost(settings, file, FunctionScanner.Scan(settings.ScriptRoot));
        await host._server.StartAsync(cancellationToken);
        if (host.Functions.Functions.Count > 0)
        {
            host._supervisor.Start();
        }

        if (settings.RunsTriggers || settings.RunsTimers)
        {
            host._listeners.Start(host.Functions);
        }

        return host;
    }

    /// <summary>Waits until the handler has answered its first probe.</summary>
    public async Task WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _supervisor.ReadyAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is HostException or TimeoutException)
        {
            throw new HostException($"{exception.Message}\n{string.Join('\n', Journal.Events)}\n{Journal.HandlerOutput}", exception);
        }
    }

    /// <summary>Delivers a trigger's payload to a function.</summary>
    public Task<TriggerResult> InvokeAsync(
        string functionName,
        IReadOnlyDictionary<string, object?> data,
        IReadOnlyDictionary<string, object?> metadata,
        CancellationToken cancellationToken) =>
        _triggers.InvokeAsync(functionName, TriggerPayload.Create(data, metadata), cancellationToken);

    /// <summary>Delivers a ready-made payload to a function.</summary>
    public Task<TriggerResult> InvokeAsync(string functionName, JsonObject payload, CancellationToken cancellationToken) =>
        _triggers.InvokeAsync(functionName, payload, cancellationToken);

    /// <summary>Fires a timer by hand.</summary>
    public Task<TriggerResult> FireTimerAsync(string functionName, CancellationToken cancellationToken) =>
        _triggers.InvokeAsync(functionName, TimerListener.Payload(Functions.Functions.Single(function => function.Name == functionName), isPastDue: false), cancellationToken);

    /// <summary>Ends the instance as if host and handler got SIGKILL at once: nothing under way is finished, no message settled.</summary>
    public async ValueTask DisposeAsync()
    {
        _supervisor.Current?.Process.Kill();
        await _listeners.DisposeAsync();
        await _supervisor.DisposeAsync();
        await _server.DisposeAsync();
        _triggers.Dispose();
        (_forwarder as IDisposable)?.Dispose();
    }

    private static IRequestForwarder CreateForwarder(HostSettings settings, HostFile file)
    {
        if (file.IsProxying && !settings.IsForwardOnly)
        {
            return new ProxyForwarder(settings.HostVersion);
        }

        return file.IsForwarding
            ? new LegacyForwarder(settings.HostVersion, file.FunctionTimeout)
            : throw new HostException("host.json: neither enableProxyingHttpRequest nor enableForwardingHttpRequest is on");
    }

    private static WebApplication CreateServer(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = MaxRequestBodySize;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, port, listen => listen.Protocols = HttpProtocols.Http1);
        });
        return builder.Build();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        if (_router.Find(context.Request.Method, context.Request.Path.Value ?? "/") is null)
        {
            await AnswerUnmatchedAsync(context);
            return;
        }

        try
        {
            var handler = await _supervisor.ReadyAsync(context.RequestAborted);
            await _forwarder.ForwardAsync(context, handler.Address);
        }
        catch (Exception exception) when (exception is HttpRequestException or HostException or IOException or TimeoutException)
        {
            Journal.Add($"{context.Request.Method} {context.Request.Path} failed: {exception.Message}");
            if (context.Response.HasStarted)
            {
                context.Abort();
            }
            else
            {
                context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            }
        }
    }

    private async Task AnswerUnmatchedAsync(HttpContext context)
    {
        if (context.Request.Path != "/")
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        if (_settings.AppSettings.TryGetValue("AzureWebJobsDisableHomepage", out var off) && bool.Parse(off))
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        context.Response.ContentType = "text/html";
        await context.Response.WriteAsync("<!DOCTYPE html><title>Your Functions app is up and running</title>", context.RequestAborted);
    }
}
