using Serverless.Backends.Azurite;
using Serverless.IntegrationTests.Load;
using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.AzureTables;

/// <summary>Stores with extensions, on one table.</summary>
public sealed class TableApp : AzuriteApp
{
    /// <summary>The table.</summary>
    public const string Table = "state";

    /// <inheritdoc/>
    public override int PortOf(AzuriteServer server) => server.TablePort;

    /// <inheritdoc/>
    public override string Store(AzuriteServer server, string name, int port, string key) => Resources.Component(
        name,
        "state.azure.tablestorage",
        ("accountName", server.Account),
        ("accountKey", key),
        ("serviceURL", $"http://127.0.0.1:{port}"),
        ("tableName", Table),
        ("extensions", "true"));

    /// <inheritdoc/>
    internal override Task<Storm> StartStormAsync(StateHttp state) => Task.FromResult(Storm.Start(state, TestContext.Current.CancellationToken));
}
