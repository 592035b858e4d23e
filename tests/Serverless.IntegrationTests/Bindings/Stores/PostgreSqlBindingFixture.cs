using Serverless.Backends.Network;
using Serverless.Backends.PostgreSql;

namespace Serverless.IntegrationTests.Bindings.Stores;

/// <summary>A server, one binding on it and one through a proxy.</summary>
public sealed class PostgreSqlBindingFixture : IAsyncLifetime
{
    public const string Direct = "direct";
    public const string Proxied = "proxied";

    public PostgreSqlServer Server { get; private set; } = null!;

    public TcpProxy Proxy { get; private set; } = null!;

    public StoreBindingApp App { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Server = await PostgreSqlServer.StartAsync(TestContext.Current.CancellationToken);
        Proxy = new TcpProxy(Server.Port);
        App = await StoreBindingApp.StartAsync(
            (Direct, "bindings.postgresql", [("connectionString", Server.ConnectionString), ("timeout", "5s")]),
            (Proxied, "bindings.postgres", [("url", PostgreSqlServer.ConnectionStringFor(Proxy.Port)), ("timeout", "1s")]),
            ("closing", "bindings.postgresql", [("connectionString", Server.ConnectionString)]));
    }

    public async ValueTask DisposeAsync()
    {
        await (App?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (Proxy?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (Server?.DisposeAsync() ?? ValueTask.CompletedTask);
    }
}
