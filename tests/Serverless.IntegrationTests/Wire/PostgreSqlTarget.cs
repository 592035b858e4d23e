using Serverless.Backends.PostgreSql;
using Serverless.IntegrationTests.PostgreSql;
using Serverless.IntegrationTests.Processes;

namespace Serverless.IntegrationTests.Wire;

/// <summary>Standalone with state.postgresql v2 on a server of its own.</summary>
public sealed class PostgreSqlTarget : IWireTarget
{
    private PostgreSqlServer? _server;
    private AppProcess? _app;

    static WireTargets IWireTarget.Kind => WireTargets.PostgreSql;

    /// <inheritdoc/>
    public int Port => _app!.Port;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        var token = TestContext.Current.CancellationToken;
        _server = await PostgreSqlServer.StartAsync(token);
        _app = await AppProcess.StartAsync(
            new AppSettings { Resources = new Dictionary<string, string> { ["statestore.yaml"] = PostgreSqlApp.Store(_server.ConnectionString) } }, token);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await (_app?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_server?.DisposeAsync() ?? ValueTask.CompletedTask);
    }
}
