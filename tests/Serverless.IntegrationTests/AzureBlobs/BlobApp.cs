using Serverless.Backends.Azurite;
using Serverless.IntegrationTests.Load;
using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.AzureBlobs;

/// <summary>Stores of version 2, on one container.</summary>
public sealed class BlobApp : AzuriteApp
{
    /// <summary>The container.</summary>
    public const string Container = "state";

    /// <inheritdoc/>
    public override int PortOf(AzuriteServer server) => server.BlobPort;

    /// <inheritdoc/>
    public override string Store(AzuriteServer server, string name, int port, string key) => Resources.Component(
        name,
        "state.azure.blobstorage",
        ("accountName", server.Account),
        ("accountKey", key),
        ("endpoint", $"http://127.0.0.1:{port}"),
        ("containerName", Container)).Replace("version: v1", "version: v2", StringComparison.Ordinal);

    /// <inheritdoc/>
    internal override Task<Storm> StartStormAsync(StateHttp state) => Storm.StartPlainAsync(state, TestContext.Current.CancellationToken);
}
