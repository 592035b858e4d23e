using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Serverless.Components.Registry;
using Serverless.Components.Registry.Live;
using Serverless.Components.Registry.Resources;
using Serverless.Tests.Components.Registry;
using Serverless.Functions;
using Serverless.Functions.AppChannels;
using Serverless.Functions.Health;
using Serverless.Functions.Hosting;
using Serverless.Functions.Workflows;

namespace Serverless.Tests.Functions.Http;

/// <summary>The whole request pipeline on a real Kestrel, and a client that sends targets exactly as written.</summary>
internal sealed class ApiServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ApiServer(WebApplication app, int publicPort)
    {
        _app = app;
        var ports = app.Urls.Select(url => new Uri(url).Port).ToList();
        Port = ports.Find(port => port != publicPort);
        PublicPort = publicPort;
    }

    public int Port { get; }

    public int PublicPort { get; }

    public ComponentRegistry Registry { get; } = TestRegistry.CreateEmpty();

    public HealthTargets Runtime { get; } = new();

    public HealthTargets Outbound { get; } = new();

    public RuntimeLifetime Lifetime { get; } = new();

    /// <summary>The built-in workflow engine for an app id.</summary>
    public Func<string, ValueTask<EngineLookup>> FindEngine { get; set; } = _ => ValueTask.FromResult(EngineLookup.Missing(WorkflowErrors.NoStore));

    public static async Task<ApiServer> StartAsync(RuntimeOptions? options = null, ILoggerFactory? loggers = null, bool withPublicPort = false, TimeProvider? time = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        var publicPort = withPublicPort ? FreePort() : 0;
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.RequestHeaderEncodingSelector = HeaderEncoding.OfRequest;
            kestrel.ResponseHeaderEncodingSelector = HeaderEncoding.OfResponse;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
            if (withPublicPort)
            {
                kestrel.Listen(IPAddress.Loopback, publicPort);
            }
        });
        var app = builder.Build();
        ApiServer? server = null;
        Serverless.Functions.Http.RequestPipeline? pipeline = null;
        app.Run(http => pipeline!.HandleAsync(http));
        await app.StartAsync(TestContext.Current.CancellationToken);
        server = new ApiServer(app, publicPort);
        pipeline = new ApiSurface
        {
            Options = (options ?? new RuntimeOptions()) with { PublicPort = withPublicPort ? publicPort : null },
            Registry = server.Registry,
            RuntimeHealth = server.Runtime,
            OutboundHealth = server.Outbound,
            Lifetime = server.Lifetime,
            Loggers = loggers ?? NullLoggerFactory.Instance,
            Time = time ?? TimeProvider.System,
            App = new Lazy<AppChannel?>(() => AppChannel.Create(options ?? new RuntimeOptions())),
            FindEngine = (appId, _) => server.FindEngine(appId),
            Version = "1.2.3",
        }.CreatePipeline();
        return server;
    }

    public void Add(ComponentDefinition definition, IComponent instance) =>
        Registry.Live.Update(live => live.Create(definition, new LiveComponent(definition, instance)));

    public void Configure(RuntimeConfiguration configuration) => Registry.Live.Update(live =>
    {
        if (live.Get(configuration.Key) is { } before)
        {
            live.Update(configuration, null, before.Version);
        }
        else
        {
            live.Create(configuration);
        }
    });

    public static RuntimeConfiguration Configuration() =>
        new() { Key = new ResourceKey(ResourceKey.Configuration, "test"), Hash = "", Origin = "test" };

    public Task<WireResponse> GetAsync(string target, params string[] headers) => SendAsync("GET", target, null, headers);

    public Task<WireResponse> SendAsync(string method, string target, string? body = null, params string[] headers)
    {
        var length = body is null ? "" : $"Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n";
        return RawAsync($"{method} {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{length}{string.Concat(headers.Select(line => line + "\r\n"))}\r\n{body}");
    }

    public Task<WireResponse> RawAsync(string request, int? port = null) => RawAsync(Encoding.UTF8.GetBytes(request), port);

    public async Task<WireResponse> RawAsync(byte[] request, int? port = null)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port ?? Port, TestContext.Current.CancellationToken);
        var stream = client.GetStream();
        await stream.WriteAsync(request, TestContext.Current.CancellationToken);
        using var received = new MemoryStream();
        await stream.CopyToAsync(received, TestContext.Current.CancellationToken);
        return WireResponse.Parse(received.ToArray());
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        Lifetime.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
