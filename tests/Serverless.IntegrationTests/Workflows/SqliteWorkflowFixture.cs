using Serverless.IntegrationTests.Processes;

namespace Serverless.IntegrationTests.Workflows;

/// <summary>Standalone with the samples and nothing configured: workflows in the built-in SQLite store.</summary>
public sealed class SqliteWorkflowFixture : IAsyncLifetime
{
    private AppProcess? _process;
    private WorkflowApp? _app;

    /// <summary>The process.</summary>
    public AppProcess Process => _process!;

    internal WorkflowApp App => _app!;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        _process = await AppProcess.StartAsync(new AppSettings { Arguments = WorkflowApp.Samples }, TestContext.Current.CancellationToken);
        _app = WorkflowApp.Of(_process);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _app?.Dispose();
        await (_process?.DisposeAsync() ?? ValueTask.CompletedTask);
    }
}
