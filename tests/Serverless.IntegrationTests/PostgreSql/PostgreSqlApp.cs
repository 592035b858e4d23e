using Serverless.Backends.Network;
using Serverless.Backends.PostgreSql;
using Serverless.IntegrationTests.Load;
using Serverless.IntegrationTests.Processes;
using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.PostgreSql;

/// <summary>The app on a server whose commits are on the disk: one store on it directly, one through a proxy, and one in memory.</summary>
public sealed class PostgreSqlApp : IAsyncLifetime
{
    private const string Proxied = "proxied";
    private const string InMemory = "memory";
    private AppProcess? _app;
    private HttpClient? _client;
    private PostgreSqlServer? _server;
    private TcpProxy? _proxy;

    /// <summary>How long an operation may take.</summary>
    public static TimeSpan Timeout { get; } = TimeSpan.FromSeconds(3);

    /// <summary>The server.</summary>
    public PostgreSqlServer Server => _server!;

    /// <summary>What stands before the server for <see cref="ProxiedState"/>.</summary>
    public TcpProxy Proxy => _proxy!;

    /// <summary>The app.</summary>
    public AppProcess App => _app!;

    /// <summary>The store without anything between.</summary>
    public StateHttp State => new(_client!);

    /// <summary>The store behind the proxy, which holds the same keys.</summary>
    public StateHttp ProxiedState => new(_client!, Proxied);

    /// <summary>The store that has nothing to do with PostgreSQL.</summary>
    public StateHttp MemoryState => new(_client!, InMemory);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        _server = await PostgreSqlServer.StartAsync(new PostgreSqlServerSettings { IsDurable = true }, Token);
        _proxy = new TcpProxy(_server.Port);
        _app = await AppProcess.StartAsync(
            new AppSettings
            {
                Resources = new Dictionary<string, string>
                {
                    ["direct.yaml"] = Store(_server.ConnectionString, ("timeout", "3s")),
                    ["proxied.yaml"] = Component(Proxied, PostgreSqlServer.ConnectionStringFor(_proxy.Port)),
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

    /// <summary>The YAML of the store that every test uses.</summary>
    public static string Store(string connectionString, params (string Name, string Value)[] metadata) => Component(IWireTarget.StoreName, connectionString, metadata);

    /// <summary>The same, for a start that may go on without the store.</summary>
    public static string OptionalStore(string connectionString, params (string Name, string Value)[] metadata) =>
        Store(connectionString, metadata).Replace("  version: v2", "  version: v2\n  ignoreErrors: true", StringComparison.Ordinal);

    /// <summary>Load that may meet failures. Its counters are there beforehand: an absent key takes no ETag.</summary>
    internal async Task<Storm> StartStormAsync(StateHttp state)
    {
        await Server.Witness.RunAsync(
            $"INSERT INTO state (key, value) SELECT '{AppSettings.DefaultAppId}||storm-' || n || '-counter', '0' FROM generate_series(1, 200) n ON CONFLICT DO NOTHING", Token);
        return Storm.Start(state, Token);
    }

    /// <summary>Whether the health endpoint says that the app is well.</summary>
    public async Task<bool> IsHealthyAsync()
    {
        using var response = await _client!.GetAsync(new Uri("v1.0/healthz", UriKind.Relative), Token);
        return response.StatusCode == System.Net.HttpStatusCode.NoContent;
    }

    private static string Component(string name, string connectionString, params (string Name, string Value)[] metadata) =>
        Resources.Component(name, "state.postgresql", [("connectionString", connectionString), .. metadata]).Replace("  version: v1", "  version: v2", StringComparison.Ordinal);
}
