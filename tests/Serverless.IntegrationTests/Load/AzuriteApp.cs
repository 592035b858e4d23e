using Serverless.Backends.Azurite;
using Serverless.Backends.Network;
using Serverless.IntegrationTests.Processes;
using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.Load;

/// <summary>The app on an Azurite that keeps its data: one store on it directly, and one on the same data through a proxy; and one in memory.</summary>
public abstract class AzuriteApp : IAsyncLifetime
{
    private const string Proxied = "proxied";
    private const string InMemory = "memory";
    private TempFolder? _folder;
    private AzuriteServer? _server;
    private TcpProxy? _proxy;
    private AppProcess? _app;
    private HttpClient? _client;

    /// <summary>The server.</summary>
    public AzuriteServer Server => _server!;

    /// <summary>What stands before the server for <see cref="ProxiedState"/>.</summary>
    public TcpProxy Proxy => _proxy!;

    /// <summary>The store without anything between.</summary>
    public StateHttp State => new(_client!);

    /// <summary>The store behind the proxy, which holds the same keys.</summary>
    public StateHttp ProxiedState => new(_client!, Proxied);

    /// <summary>The store that has nothing to do with Azurite.</summary>
    public StateHttp MemoryState => new(_client!, InMemory);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        _folder = new TempFolder();
        _server = await AzuriteServer.StartAsync(new AzuriteSettings { Location = _folder.Root }, Token);
        _proxy = new TcpProxy(PortOf(_server));
        _app = await AppProcess.StartAsync(
            new AppSettings
            {
                Resources = new Dictionary<string, string>
                {
                    ["direct.yaml"] = Store(_server, IWireTarget.StoreName, PortOf(_server), _server.Key),
                    ["proxied.yaml"] = Store(_server, Proxied, _proxy.Port, _server.Key),
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
        _folder?.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>The port of the service that the store uses.</summary>
    public abstract int PortOf(AzuriteServer server);

    /// <summary>The YAML of a store.</summary>
    public abstract string Store(AzuriteServer server, string name, int port, string key);

    /// <summary>Load that the store can bear.</summary>
    internal abstract Task<Storm> StartStormAsync(StateHttp state);
}
