using Serverless.IntegrationTests.HostEmulator;

namespace Serverless.IntegrationTests.Wire;

/// <summary>The published app behind the host emulator in proxying mode, with state.in-memory, secret stores and bindings.</summary>
public sealed class HostTarget : IWireTarget
{
    private HostedApp? _app;
    private BindingResources? _bindings;

    static WireTargets IWireTarget.Kind => WireTargets.Host;

    /// <inheritdoc/>
    public int Port => _app!.Host.Port;

    /// <summary>The app and its host.</summary>
    public HostedApp App => _app!;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        _bindings = await BindingResources.StartAsync(TestContext.Current.CancellationToken);
        _app = await HostedApp.StartAsync(
            new Dictionary<string, string>(SecretResources.Files("components").Concat(_bindings.Files)) { ["statestore.yaml"] = Resources.InMemoryStore(IWireTarget.StoreName) },
            SecretResources.Environment,
            isForwardOnly: false,
            TestContext.Current.CancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await (_app?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_bindings?.DisposeAsync() ?? ValueTask.CompletedTask);
    }
}
