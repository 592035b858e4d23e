using Serverless.Backends.Azurite;
using Serverless.Components.Clients.AzureStorage;
using Serverless.Components.Clients.AzureStorage.Queues;

namespace Serverless.Tests.Clients.AzureStorage.Queues;

/// <summary>An Azurite for one class, and clients of queues that no other test uses.</summary>
public sealed class AzuriteQueues : IAsyncLifetime
{
    public AzuriteServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await AzuriteServer.StartAsync(TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    internal QueueClient Client(string queue, string? connectionString = null) =>
        new(StorageConnectionString.Parse(connectionString ?? Server.ConnectionString).AccountOf(StorageService.Queue), queue, TimeProvider.System);

    internal async Task<QueueClient> CreateAsync(string? queue = null)
    {
        var client = Client(queue ?? $"q-{Guid.NewGuid():N}");
        Assert.True(await client.CreateAsync(TestContext.Current.CancellationToken));
        return client;
    }
}
