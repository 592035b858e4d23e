using Serverless.IntegrationTests.Processes;

namespace Serverless.IntegrationTests.Wire;

/// <summary>Standalone with state.in-memory, secret stores and bindings.</summary>
public sealed class InMemoryTarget : IWireTarget
{
    private AppProcess? _app;
    private BindingResources? _bindings;

    static WireTargets IWireTarget.Kind => WireTargets.InMemory;

    /// <inheritdoc/>
    public int Port => _app!.Port;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        _bindings = await BindingResources.StartAsync(TestContext.Current.CancellationToken);
        var settings = new AppSettings
        {
            Resources = new Dictionary<string, string>(SecretResources.Files("resources").Concat(_bindings.Files)) { ["statestore.yaml"] = Resources.InMemoryStore(IWireTarget.StoreName) },
            Environment = SecretResources.Environment,
        };
        _app = await AppProcess.StartAsync(settings, TestContext.Current.CancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await (_app?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_bindings?.DisposeAsync() ?? ValueTask.CompletedTask);
    }
}
