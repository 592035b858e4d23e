using Serverless.Backends.Network;

namespace Serverless.IntegrationTests.Processes;

/// <summary>A server, a proxy before it, and an app that goes both ways.</summary>
public abstract class ProxiedServer<TServer> : IAsyncLifetime
    where TServer : BackendServer
{
    private TServer? _server;
    private TcpProxy? _proxy;

    /// <summary>The server.</summary>
    public TServer Server => _server!;

    /// <summary>What stands before it on one of the ways.</summary>
    public TcpProxy Proxy => _proxy!;

    /// <summary>The test's own end.</summary>
    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        _server = await StartServerAsync();
        _proxy = new TcpProxy(PortOf(_server));
        await StartAppAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAppAsync();
        await (_proxy?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_server?.DisposeAsync() ?? ValueTask.CompletedTask);
        Clean();
        GC.SuppressFinalize(this);
    }

    /// <summary>The port that the app uses.</summary>
    public abstract int PortOf(TServer server);

    /// <summary>Starts the server.</summary>
    protected abstract Task<TServer> StartServerAsync();

    /// <summary>Starts the app, with <see cref="Server"/> and <see cref="Proxy"/> there.</summary>
    protected abstract Task StartAppAsync();

    /// <summary>Ends it, if it was started.</summary>
    protected abstract ValueTask StopAppAsync();

    /// <summary>Removes what else there is, once nobody uses it.</summary>
    protected virtual void Clean()
    {
    }
}
