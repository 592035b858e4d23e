using Serverless.Backends.Redis;
using Serverless.IntegrationTests.Processes;
using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.Workflows;

/// <summary>Standalone with the samples and <c>state.redis</c>.</summary>
public sealed class RedisWorkflowFixture : IAsyncLifetime
{
    private RedisServer? _server;
    private AppProcess? _process;
    private WorkflowApp? _app;

    internal WorkflowApp App => _app!;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        var token = TestContext.Current.CancellationToken;
        _server = await RedisServer.StartAsync(token);
        _process = await AppProcess.StartAsync(
            new AppSettings
            {
                Arguments = WorkflowApp.Samples,
                Resources = new Dictionary<string, string>
                {
                    ["store.yaml"] = Resources.Component("store", "state.redis", ("redisHost", _server.Address), ("actorStateStore", "true")),
                },
            },
            token);
        _app = WorkflowApp.Of(_process);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _app?.Dispose();
        await (_process?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_server?.DisposeAsync() ?? ValueTask.CompletedTask);
    }
}
