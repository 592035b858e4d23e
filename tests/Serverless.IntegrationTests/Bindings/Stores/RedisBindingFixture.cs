using Serverless.Backends.Redis;
using static Serverless.IntegrationTests.Bindings.Stores.StoreBindingApp;

namespace Serverless.IntegrationTests.Bindings.Stores;

/// <summary>Bindings on a Redis with a password.</summary>
public sealed class RedisBindingFixture : StoreBindingFixture<RedisServer>
{
    private const string Password = "r3dis-secret";

    /// <inheritdoc/>
    public override int PortOf(RedisServer server) => server.Port;

    /// <inheritdoc/>
    protected override Task<RedisServer> StartServerAsync() => RedisServer.StartAsync(new RedisServerSettings { Password = Password }, Token);

    /// <inheritdoc/>
    protected override IEnumerable<(string Name, string Type, (string Name, string Value)[] Metadata)> Bindings() =>
    [
        (Direct, "bindings.redis", [("redisHost", Server.Address), ("redisPassword", Password)]),
        (Proxied, "bindings.redis", [("redisHost", $"127.0.0.1:{Proxy.Port}"), ("redisPassword", Password), ("readTimeout", "500ms"), ("redisMaxRetries", "-1")]),
    ];
}
