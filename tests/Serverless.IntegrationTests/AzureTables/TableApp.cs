using Serverless.Backends.Azurite;
using Serverless.Backends.Network;
using Serverless.IntegrationTests.Load;
using Serverless.IntegrationTests.Processes;
using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.AzureTables;

/// <summary>The app on an Azurite that keeps its data: one store on it directly, and one on the same table through a proxy; both with extensions.</summary>
public sealed class TableApp : IAsyncLifetime
{
    /// <summary>The table of both stores.</summary>
    public const string Table = "state";

    private const string Proxied = "proxied";
    private readonly TempFolder _folder = new();
    private AzuriteServer? _server;
    private TcpProxy? _proxy;
    private AppProcess? _app;
    private HttpClient? _client;

    /// <summary>The server.</summary>
    public AzuriteServer Server => _server!;

    /// <summary>What stands before the server for <see cref="ProxiedState"/>.</summary>
    public TcpProxy Proxy => _proxy!;

    /// <summary>The app.</summary>
    public AppProcess App => _app!;

    /// <summary>The store without anything between.</summary>
    public StateHttp State => new(_client!);

    /// <summary>The store behind the proxy, which holds the same keys.</summary>
    public StateHttp ProxiedState => new(_client!, Proxied);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        _server = await AzuriteServer.StartAsync(new AzuriteSettings { Location = _folder.Root }, Token);
        _proxy = new TcpProxy(_server.TablePort);
        _app = await AppProcess.StartAsync(
            new AppSettings
            {
                Resources = new Dictionary<string, string>
                {
                    ["direct.yaml"] = Store(_server, IWireTarget.StoreName, _server.TablePort, _server.Key),
                    ["proxied.yaml"] = Store(_server, Proxied, _proxy.Port, _server.Key),
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
        _folder.Dispose();
    }

    /// <summary>The YAML of a store.</summary>
    public static string Store(AzuriteServer server, string name, int port, string key) => Resources.Component(
        name,
        "state.azure.tablestorage",
        ("accountName", server.Account),
        ("accountKey", key),
        ("serviceURL", $"http://127.0.0.1:{port}"),
        ("tableName", Table),
        ("extensions", "true"));
}
