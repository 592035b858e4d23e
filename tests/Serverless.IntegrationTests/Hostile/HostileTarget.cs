using Serverless.IntegrationTests.Processes;
using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.Hostile;

/// <summary>One process for all hostile input.</summary>
public sealed class HostileTarget : IAsyncLifetime
{
    private AppProcess? _app;

    /// <summary>The process.</summary>
    public AppProcess App => _app!;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() => _app = await AppProcess.StartAsync(
        new AppSettings { Resources = new Dictionary<string, string> { ["store.yaml"] = Resources.InMemoryStore(IWireTarget.StoreName) } },
        TestContext.Current.CancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await (_app?.DisposeAsync() ?? ValueTask.CompletedTask);

    /// <summary>Asserts what must hold after every attack: the process serves, and its log shows nothing unhandled.</summary>
    public async Task AssertUnharmedAsync()
    {
        Assert.False(App.Process.HasExited, App.Output.Text);
        await WireCheck.SendAllAsync(App.Port, WireStep.Get("/v1.0/healthz", WireAnswer.Empty()), WireStep.Save("1"), WireStep.Read(WireAnswer.Bytes("1")));
        Assert.DoesNotContain("unhandled exception", App.Output.Text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("   at System.", App.Output.Text, StringComparison.Ordinal);
    }
}
