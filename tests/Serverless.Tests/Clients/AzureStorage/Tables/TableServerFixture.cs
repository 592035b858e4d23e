using Azure.Core.Pipeline;
using Serverless.Backends.Azurite;
using Serverless.Components.Clients.AzureStorage;
using Serverless.Components.Clients.AzureStorage.Tables;

namespace Serverless.Tests.Clients.AzureStorage.Tables;

/// <summary>An Azurite for the tests of a class, each with a table of its own.</summary>
public sealed class TableServerFixture : IAsyncLifetime
{
    private AzuriteServer? _server;

    public AzuriteServer Server => _server!;

    internal StorageAccount Account => new(Server.Account, new Uri(Server.TableEndpoint), StorageCredential.SharedKey(Server.Account, Server.Key));

    public async ValueTask InitializeAsync() => _server = await AzuriteServer.StartAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync() => await (_server?.DisposeAsync() ?? ValueTask.CompletedTask);

    /// <summary>A name that no table has yet.</summary>
    public static string NewName() => $"t{Guid.NewGuid():n}";

    /// <summary>A client for a table, which it does not make.</summary>
    internal TableClient Client(string table, StorageAccount? account = null, HttpPipelineTransport? transport = null) =>
        new(new TableClientOptions { Account = account ?? Account, Table = table, Transport = transport });

    /// <summary>A client with a new table.</summary>
    internal async Task<TableClient> CreateAsync()
    {
        var client = Client(NewName());
        Assert.True(await client.CreateTableAsync(TestContext.Current.CancellationToken));
        return client;
    }
}
