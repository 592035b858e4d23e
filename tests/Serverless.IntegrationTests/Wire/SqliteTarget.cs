using Serverless.IntegrationTests.Processes;

namespace Serverless.IntegrationTests.Wire;

/// <summary>Standalone with nothing configured: the built-in SQLite store.</summary>
public sealed class SqliteTarget : IWireTarget
{
    private AppProcess? _app;

    static WireTargets IWireTarget.Kind => WireTargets.Sqlite;

    /// <inheritdoc/>
    public int Port => _app!.Port;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() => _app = await AppProcess.StartAsync(new AppSettings(), TestContext.Current.CancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await (_app?.DisposeAsync() ?? ValueTask.CompletedTask);
}
