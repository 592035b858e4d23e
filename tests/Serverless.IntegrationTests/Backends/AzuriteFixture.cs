using Serverless.Backends.Azurite;

namespace Serverless.IntegrationTests.Backends;

/// <summary>A server in memory for the tests of one class.</summary>
public sealed class AzuriteFixture : IAsyncLifetime
{
    /// <summary>The server.</summary>
    public AzuriteServer Server { get; private set; } = null!;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() => Server = await AzuriteServer.StartAsync(TestContext.Current.CancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
