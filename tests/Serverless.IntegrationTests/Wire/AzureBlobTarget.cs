using Serverless.Backends.Azurite;
using Serverless.IntegrationTests.Processes;

namespace Serverless.IntegrationTests.Wire;

/// <summary>Standalone with state.azure.blobstorage, version 2, on an Azurite of its own.</summary>
public sealed class AzureBlobTarget : IWireTarget
{
    private AzuriteServer? _server;
    private AppProcess? _app;

    static WireTargets IWireTarget.Kind => WireTargets.Blob;

    /// <inheritdoc/>
    public int Port => _app!.Port;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        var token = TestContext.Current.CancellationToken;
        _server = await AzuriteServer.StartAsync(token);
        var store = Resources.Component(
            IWireTarget.StoreName, "state.azure.blobstorage", ("connectionString", _server.ConnectionString), ("containerName", "state"));
        var settings = new AppSettings
        {
            Resources = new Dictionary<string, string> { ["statestore.yaml"] = store.Replace("version: v1", "version: v2", StringComparison.Ordinal) },
        };
        _app = await AppProcess.StartAsync(settings, token);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await (_app?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_server?.DisposeAsync() ?? ValueTask.CompletedTask);
    }
}
