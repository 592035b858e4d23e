using Serverless.IntegrationTests.Processes;

namespace Serverless.IntegrationTests.Workflows;

/// <summary>A standalone process with the samples, on one kind of store.</summary>
public abstract class WorkflowFixture : IAsyncLifetime
{
    private IAsyncDisposable? _backend;
    private AppProcess? _process;
    private WorkflowApp? _app;

    /// <summary>The process.</summary>
    public AppProcess Process => _process!;

    internal WorkflowApp App => _app!;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        var token = TestContext.Current.CancellationToken;
        (_backend, var store) = await StartBackendAsync(token);
        var settings = new AppSettings { Arguments = WorkflowApp.Samples };
        _process = await AppProcess.StartAsync(store is null ? settings : settings with { Resources = new Dictionary<string, string> { ["store.yaml"] = store } }, token);
        _app = WorkflowApp.Of(_process);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _app?.Dispose();
        await (_process?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_backend?.DisposeAsync() ?? ValueTask.CompletedTask);
        GC.SuppressFinalize(this);
    }

    /// <summary>Starts the store's server; gives it and the store's YAML, or null for what needs neither.</summary>
    private protected abstract Task<(IAsyncDisposable? Server, string? Store)> StartBackendAsync(CancellationToken cancellationToken);
}
