using Serverless.Backends.Network;
using Serverless.Backends.Redis;
using Serverless.IntegrationTests.Load;
using Serverless.IntegrationTests.Processes;
using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.Redis;

/// <summary>The app on a server that keeps its data: one store on it directly, one through a proxy, and one in memory.</summary>
public sealed class RedisApp : IAsyncLifetime
{
    private const string Proxied = "proxied";
    private const string InMemory = "memory";
    private AppProcess? _app;
    private HttpClient? _client;
    private RedisServer? _server;
    private TcpProxy? _proxy;

    /// <summary>The server.</summary>
    public RedisServer Server => _server!;

    /// <summary>What stands before the server for <see cref="ProxiedState"/>.</summary>
    public TcpProxy Proxy => _proxy!;

    /// <summary>The app.</summary>
    public AppProcess App => _app!;

    /// <summary>The store without anything between.</summary>
    public StateHttp State => new(_client!);

    /// <summary>The store behind the proxy, which holds the same keys.</summary>
    public StateHttp ProxiedState => new(_client!, Proxied);

    /// <summary>The store that has nothing to do with Redis.</summary>
    public StateHttp MemoryState => new(_client!, InMemory);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        _server = await RedisServer.StartAsync(new RedisServerSettings { IsDurable = true }, Token);
        _proxy = new TcpProxy(_server.Port);
        _app = await AppProcess.StartAsync(
            new AppSettings
            {
                Resources = new Dictionary<string, string>
                {
                    ["direct.yaml"] = Store(_server.Address),
                    ["proxied.yaml"] = Resources.Component(Proxied, "state.redis", ("redisHost", $"127.0.0.1:{_proxy.Port}")),
                    ["memory.yaml"] = Resources.InMemoryStore(InMemory),
                },
            },
            Token);
        _client = _app.Client();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        await (_app?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_proxy?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_server?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    /// <summary>The YAML of the store that every test uses, on that server or those.</summary>
    public static string Store(string redisHost, params (string Name, string Value)[] metadata) =>
        Resources.Component(IWireTarget.StoreName, "state.redis", [("redisHost", redisHost), .. metadata]);

    /// <summary>The same, for a start that may go on without the store.</summary>
    public static string OptionalStore(string redisHost, params (string Name, string Value)[] metadata) =>
        Store(redisHost, metadata).Replace("  version: v1", "  version: v1\n  ignoreErrors: true", StringComparison.Ordinal);

    /// <summary>The app with that one store.</summary>
    public static Task<AppProcess> StartAsync(string yaml) => AppProcess.StartAsync(
        new AppSettings { Resources = new Dictionary<string, string> { ["store.yaml"] = yaml } }, Token);

    /// <summary>Whether the health endpoint says that the app is well.</summary>
    public async Task<bool> IsHealthyAsync()
    {
        using var response = await _client!.GetAsync(new Uri("v1.0/healthz", UriKind.Relative), Token);
        return response.StatusCode == System.Net.HttpStatusCode.NoContent;
    }
}
