using Serverless.Backends.PostgreSql;
using static Serverless.IntegrationTests.Bindings.Stores.StoreBindingApp;

namespace Serverless.IntegrationTests.Bindings.Stores;

/// <summary>Bindings on PostgreSQL.</summary>
public sealed class PostgreSqlBindingFixture : StoreBindingFixture<PostgreSqlServer>
{
    public const string Patient = "patient";
    public const string Closing = "closing";

    /// <inheritdoc/>
    public override int PortOf(PostgreSqlServer server) => server.Port;

    /// <inheritdoc/>
    protected override Task<PostgreSqlServer> StartServerAsync() => PostgreSqlServer.StartAsync(Token);

    /// <inheritdoc/>
    protected override IEnumerable<(string Name, string Type, (string Name, string Value)[] Metadata)> Bindings() =>
    [
        (Direct, "bindings.postgresql", [("connectionString", Server.ConnectionString), ("timeout", "5s")]),
        (Proxied, "bindings.postgres", [("url", PostgreSqlServer.ConnectionStringFor(Proxy.Port)), ("timeout", "1s")]),
        (Patient, "bindings.postgresql", [("connectionString", Server.ConnectionString)]),
        (Closing, "bindings.postgresql", [("connectionString", Server.ConnectionString)]),
    ];
}
