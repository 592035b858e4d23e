using Serverless.Backends.Azurite;
using Serverless.IntegrationTests.Processes;

namespace Serverless.IntegrationTests.Wire;

/// <summary>Standalone with state.azure.tablestorage as daprd has it, on an Azurite of its own.</summary>
public sealed class AzureTableTarget : IWireTarget
{
    private AzuriteServer? _server;
    private AppProcess? _app;

    static WireTargets IWireTarget.Kind => WireTargets.Table;

    /// <inheritdoc/>
    public int Port => _app!.Port;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        var token = TestContext.Current.CancellationToken;
        _server = await AzuriteServer.StartAsync(token);
        var store = Resources.Component(
            IWireTarget.StoreName, "state.azure.tablestorage", ("connectionString", _server.ConnectionString), ("tableName", "state"));
        _app = await AppProcess.StartAsync(new AppSettings { Resources = new Dictionary<string, string> { ["statestore.yaml"] = store } }, token);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await (_app?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_server?.DisposeAsync() ?? ValueTask.CompletedTask);
    }
}
