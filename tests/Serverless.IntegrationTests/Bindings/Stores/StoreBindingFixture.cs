using Serverless.IntegrationTests.Processes;

namespace Serverless.IntegrationTests.Bindings.Stores;

/// <summary>Output bindings on a server, at least one directly and one through a proxy.</summary>
public abstract class StoreBindingFixture<TServer> : ProxiedServer<TServer>
    where TServer : BackendServer
{
    private StoreBindingApp? _app;

    /// <summary>The app.</summary>
    public StoreBindingApp App => _app!;

    /// <summary>Name, type and metadata of each binding.</summary>
    protected abstract IEnumerable<(string Name, string Type, (string Name, string Value)[] Metadata)> Bindings();

    /// <inheritdoc/>
    protected override async Task StartAppAsync() => _app = await StoreBindingApp.StartAsync([.. Bindings()]);

    /// <inheritdoc/>
    protected override ValueTask StopAppAsync() => _app?.DisposeAsync() ?? ValueTask.CompletedTask;
}
