using Serverless.Backends.Azurite;
using static Serverless.IntegrationTests.Bindings.Stores.StoreBindingApp;

namespace Serverless.IntegrationTests.Bindings.Stores;

/// <summary>Bindings on Azurite, in several ways.</summary>
public sealed class BlobBindingFixture : StoreBindingFixture<AzuriteServer>
{
    public const string Decoding = "decoding";
    public const string Public = "public";
    public const string Lost = "lost";
    public const string WithoutKey = "signed";
    private const string Type = "bindings.azure.blobstorage";

    /// <summary>What the binding <see cref="Decoding"/> may read and write.</summary>
    public TempFolder Files { get; } = new();

    /// <inheritdoc/>
    public override int PortOf(AzuriteServer server) => server.BlobPort;

    /// <inheritdoc/>
    protected override Task<AzuriteServer> StartServerAsync() => AzuriteServer.StartAsync(Token);

    /// <inheritdoc/>
    protected override IEnumerable<(string Name, string Type, (string Name, string Value)[] Metadata)> Bindings()
    {
        (string, string)[] account = [("accountName", Server.Account), ("accountKey", Server.Key)];
        return
        [
            (Direct, Type, [.. account, ("endpoint", Server.BlobEndpoint), ("containerName", "direct")]),
            (Decoding, Type, [("connectionString", Server.ConnectionString), ("container", "decoding"), ("decodeBase64", "true"), ("filesRoot", Files.Root)]),
            (Public, Type, [.. account, ("endpoint", Server.BlobEndpoint), ("containerName", "public"), ("publicAccessLevel", "blob")]),
            (Lost, Type, [.. account, ("endpoint", Server.BlobEndpoint), ("containerName", "lost")]),
            (Proxied, Type, [.. account, ("endpoint", $"http://127.0.0.1:{Proxy.Port}"), ("containerName", "proxied"), ("retryCount", "-1")]),
            (WithoutKey, Type, [("accountName", Server.Account), ("endpoint", $"{Server.BlobEndpoint}?{AzuriteSas.ForAccount(Server.Account, Server.Key)}"), ("containerName", "signed")]),
        ];
    }

    /// <inheritdoc/>
    protected override void Clean() => Files.Dispose();
}
