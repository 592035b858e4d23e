using Serverless.IntegrationTests.HostEmulator;
using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.Workflows;

/// <summary>Behind the host emulator with the samples, and without a dispatcher: workflows run in the process while it lives.</summary>
public sealed class UndispatchedFixture : IAsyncLifetime
{
    private HostedApp? _hosted;
    private WorkflowApp? _app;

    /// <summary>The app and its host.</summary>
    public HostedApp Hosted => _hosted!;

    internal WorkflowApp App => _app!;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        _hosted = await HostedApp.StartAsync(
            new Dictionary<string, string> { ["store.yaml"] = Resources.InMemoryStore("store", ("actorStateStore", "true")) },
            new Dictionary<string, string> { ["DAPR_SAMPLES"] = "true" },
            isForwardOnly: false,
            TestContext.Current.CancellationToken);
        var handler = new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(5), UseProxy = false };
        _app = new WorkflowApp(new HttpClient(handler) { BaseAddress = new Uri($"http://127.0.0.1:{_hosted.Host.Port}/"), Timeout = TimeSpan.FromSeconds(30) }, "v1.0-beta1");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _app?.Dispose();
        await (_hosted?.DisposeAsync() ?? ValueTask.CompletedTask);
    }
}
