using System.Net;
using Serverless.IntegrationTests.Processes;
using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.Load;

/// <summary>The app on a server that keeps its data: one store on it directly, and one on the same data through a proxy; and one in memory.</summary>
public abstract class ProxiedStores<TServer> : ProxiedServer<TServer>
    where TServer : BackendServer
{
    private const string Proxied = "proxied";
    private const string InMemory = "memory";
    private AppProcess? _app;
    private HttpClient? _client;

    /// <summary>The app.</summary>
    public AppProcess App => _app!;

    /// <summary>The store without anything between.</summary>
    public StateHttp State => new(_client!);

    /// <summary>The store behind the proxy, which holds the same keys.</summary>
    public StateHttp ProxiedState => new(_client!, Proxied);

    /// <summary>The store that has nothing to do with the server.</summary>
    public StateHttp MemoryState => new(_client!, InMemory);

    /// <summary>Whether the health endpoint says that the app is well.</summary>
    public async Task<bool> IsHealthyAsync()
    {
        using var response = await _client!.GetAsync(new Uri("v1.0/healthz", UriKind.Relative), Token);
        return response.StatusCode == HttpStatusCode.NoContent;
    }

    /// <summary>The YAML of a store.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="port">Of <see cref="ProxiedServer{TServer}.Server"/>, or of what stands before it.</param>
    protected abstract string StoreAt(string name, int port);

    /// <inheritdoc/>
    protected override async Task StartAppAsync()
    {
        var resources = new Dictionary<string, string>
        {
            ["direct.yaml"] = StoreAt(IWireTarget.StoreName, PortOf(Server)),
            ["proxied.yaml"] = StoreAt(Proxied, Proxy.Port),
            ["memory.yaml"] = Resources.InMemoryStore(InMemory),
        };
        _app = await AppProcess.StartAsync(new AppSettings { Resources = resources }, Token);
        _client = _app.Client();
    }

    /// <inheritdoc/>
    protected override async ValueTask StopAppAsync()
    {
        _client?.Dispose();
        await (_app?.DisposeAsync() ?? ValueTask.CompletedTask);
    }
}
