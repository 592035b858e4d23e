using Serverless.Backends.Network;
using Serverless.Backends.Redis;

namespace Serverless.IntegrationTests.Bindings.Stores;

/// <summary>A server with a password, one binding on it and one through a proxy.</summary>
public sealed class RedisBindingFixture : IAsyncLifetime
{
    public const string Direct = "direct";
    public const string Proxied = "proxied";
    public const string Password = "r3dis-secret";

    public RedisServer Server { get; private set; } = null!;

    public TcpProxy Proxy { get; private set; } = null!;

    public StoreBindingApp App { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Server = await RedisServer.StartAsync(new RedisServerSettings { Password = Password }, TestContext.Current.CancellationToken);
        Proxy = new TcpProxy(Server.Port);
        App = await StoreBindingApp.StartAsync(
            (Direct, "bindings.redis", [("redisHost", Server.Address), ("redisPassword", Password)]),
            (Proxied, "bindings.redis", [("redisHost", $"127.0.0.1:{Proxy.Port}"), ("redisPassword", Password), ("readTimeout", "500ms"), ("redisMaxRetries", "-1")]));
    }

    public async ValueTask DisposeAsync()
    {
        await (App?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (Proxy?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (Server?.DisposeAsync() ?? ValueTask.CompletedTask);
    }
}
