using Serverless.Backends.Azurite;
using Serverless.Backends.Network;

namespace Serverless.IntegrationTests.Bindings.Stores;

/// <summary>Azurite, and bindings on it in several ways.</summary>
public sealed class BlobBindingFixture : IAsyncLifetime
{
    public const string Direct = "direct";
    public const string Decoding = "decoding";
    public const string Proxied = "proxied";
    public const string WithoutKey = "signed";

    public AzuriteServer Server { get; private set; } = null!;

    public TcpProxy Proxy { get; private set; } = null!;

    public StoreBindingApp App { get; private set; } = null!;

    public TempFolder Files { get; } = new();

    public async ValueTask InitializeAsync()
    {
        Server = await AzuriteServer.StartAsync(TestContext.Current.CancellationToken);
        Proxy = new TcpProxy(Server.BlobPort);
        (string, string)[] account = [("accountName", Server.Account), ("accountKey", Server.Key)];
        App = await StoreBindingApp.StartAsync(
            (Direct, "bindings.azure.blobstorage", [.. account, ("endpoint", Server.BlobEndpoint), ("containerName", "direct")]),
            (Decoding, "bindings.azure.blobstorage", [("connectionString", Server.ConnectionString), ("container", "decoding"), ("decodeBase64", "true"), ("filesRoot", Files.Root)]),
            (Proxied, "bindings.azure.blobstorage", [.. account, ("endpoint", $"http://127.0.0.1:{Proxy.Port}"), ("containerName", "proxied"), ("retryCount", "-1")]),
            (WithoutKey, "bindings.azure.blobstorage", [("accountName", Server.Account), ("endpoint", $"{Server.BlobEndpoint}?{AzuriteSas.ForAccount(Server.Account, Server.Key)}"), ("containerName", "signed")]));
    }

    public async ValueTask DisposeAsync()
    {
        await (App?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (Proxy?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (Server?.DisposeAsync() ?? ValueTask.CompletedTask);
        Files.Dispose();
    }
}
