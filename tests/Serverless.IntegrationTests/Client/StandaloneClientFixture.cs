using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.Client;

/// <summary>The client's run against <see cref="SqliteTarget"/>.</summary>
public sealed class StandaloneClientFixture : IAsyncLifetime
{
    private readonly SqliteTarget _target = new();
    private DaprClientRun? _run;

    /// <summary>The run.</summary>
    public DaprClientRun Run => _run!;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        await _target.InitializeAsync();
        _run = await DaprClientRun.AgainstAsync(_target.Port, TestContext.Current.CancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _target.DisposeAsync();
}
