using Serverless.Backends.Azurite;
using Serverless.IntegrationTests.HostEmulator;

namespace Serverless.IntegrationTests.Bindings.Triggers;

/// <summary>One storage account for the tests of a class, each with queues of its own.</summary>
public sealed class AzuriteFixture : IAsyncLifetime
{
    private AzuriteServer? _server;

    /// <summary>The account.</summary>
    public AzuriteServer Server => _server!;

    /// <summary>A queue that is there.</summary>
    public async Task<QueueRequests> CreateAsync(string name)
    {
        var queue = new QueueRequests(Server.ConnectionString, name);
        await queue.CreateAsync(TestContext.Current.CancellationToken);
        return queue;
    }

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() => _server = await AzuriteServer.StartAsync(TestContext.Current.CancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }
}
