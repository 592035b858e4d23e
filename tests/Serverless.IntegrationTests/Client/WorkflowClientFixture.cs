using Serverless.IntegrationTests.Workflows;

namespace Serverless.IntegrationTests.Client;

/// <summary>The workflow client's run against <see cref="SqliteWorkflowFixture"/>.</summary>
public sealed class WorkflowClientFixture : IAsyncLifetime
{
    private readonly SqliteWorkflowFixture _app = new();
    private DaprClientRun? _run;

    /// <summary>The run.</summary>
    public DaprClientRun Run => _run!;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        await _app.InitializeAsync();
        _run = await DaprClientRun.OfWorkflowsAsync(_app.Process.Port, TestContext.Current.CancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
