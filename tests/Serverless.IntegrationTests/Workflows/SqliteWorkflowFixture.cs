namespace Serverless.IntegrationTests.Workflows;

/// <summary>Nothing configured: workflows in the built-in SQLite store.</summary>
public sealed class SqliteWorkflowFixture : WorkflowFixture
{
    private protected override Task<(IAsyncDisposable? Server, string? Store)> StartBackendAsync(CancellationToken cancellationToken) =>
        Task.FromResult<(IAsyncDisposable?, string?)>((null, null));
}
