using Serverless.Backends.PostgreSql;
using Serverless.IntegrationTests.Load;
using Serverless.IntegrationTests.Processes;
using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.PostgreSql;

/// <summary>Stores on a PostgreSQL whose commits are on the disk.</summary>
public sealed class PostgreSqlApp : ProxiedStores<PostgreSqlServer>
{
    /// <summary>How long an operation of the store without anything between may take.</summary>
    public static TimeSpan Timeout { get; } = TimeSpan.FromSeconds(3);

    /// <summary>The YAML of the store that every test uses.</summary>
    public static string Store(string connectionString, params (string Name, string Value)[] metadata) => Component(IWireTarget.StoreName, connectionString, metadata);

    /// <summary>The same, for a start that may go on without the store.</summary>
    public static string OptionalStore(string connectionString, params (string Name, string Value)[] metadata) =>
        Store(connectionString, metadata).Replace("  version: v2", "  version: v2\n  ignoreErrors: true", StringComparison.Ordinal);

    /// <summary>Load that may meet failures. Its counters are there beforehand: an absent key takes no ETag.</summary>
    internal async Task<Storm> StartStormAsync(StateHttp state)
    {
        await Server.Witness.RunAsync(
            $"INSERT INTO state (key, value) SELECT '{AppSettings.DefaultAppId}||storm-' || n || '-counter', '0' FROM generate_series(1, 200) n ON CONFLICT DO NOTHING", Token);
        return Storm.Start(state, Token);
    }

    /// <inheritdoc/>
    public override int PortOf(PostgreSqlServer server) => server.Port;

    /// <inheritdoc/>
    protected override Task<PostgreSqlServer> StartServerAsync() => PostgreSqlServer.StartAsync(new PostgreSqlServerSettings { IsDurable = true }, Token);

    /// <inheritdoc/>
    protected override string StoreAt(string name, int port) => name == IWireTarget.StoreName
        ? Store(PostgreSqlServer.ConnectionStringFor(port), ("timeout", "3s"))
        : Component(name, PostgreSqlServer.ConnectionStringFor(port));

    private static string Component(string name, string connectionString, params (string Name, string Value)[] metadata) =>
        Resources.Component(name, "state.postgresql", [("connectionString", connectionString), .. metadata]).Replace("  version: v1", "  version: v2", StringComparison.Ordinal);
}
