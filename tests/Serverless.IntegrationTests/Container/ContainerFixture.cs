using Serverless.Backends.Azurite;

namespace Serverless.IntegrationTests.Container;

/// <summary>One Azurite for the tests of a class, each with a container of its own.</summary>
public sealed class ContainerFixture : IAsyncLifetime
{
    private AzuriteServer? _server;
    private int _containers;

    public AzuriteServer Server => _server!;

    public async ValueTask InitializeAsync() => _server = await AzuriteServer.StartAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync() => await (_server?.DisposeAsync() ?? ValueTask.CompletedTask);

    /// <summary>A new container.</summary>
    public Task<AzuriteContainer> CreateContainerAsync() =>
        AzuriteContainer.CreateAsync(Server, $"components{Interlocked.Increment(ref _containers)}", TestContext.Current.CancellationToken);
}
