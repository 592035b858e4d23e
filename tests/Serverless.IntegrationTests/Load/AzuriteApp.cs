using Serverless.Backends.Azurite;

namespace Serverless.IntegrationTests.Load;

/// <summary>Stores on Azurite.</summary>
public abstract class AzuriteApp : ProxiedStores<AzuriteServer>
{
    private readonly TempFolder _folder = new();

    /// <summary>The YAML of a store.</summary>
    public abstract string Store(AzuriteServer server, string name, int port, string key);

    /// <summary>Load that the store can bear.</summary>
    internal abstract Task<Storm> StartStormAsync(StateHttp state);

    /// <inheritdoc/>
    protected override Task<AzuriteServer> StartServerAsync() => AzuriteServer.StartAsync(new AzuriteSettings { Location = _folder.Root }, Token);

    /// <inheritdoc/>
    protected override string StoreAt(string name, int port) => Store(Server, name, port, Server.Key);

    /// <inheritdoc/>
    protected override void Clean() => _folder.Dispose();
}
