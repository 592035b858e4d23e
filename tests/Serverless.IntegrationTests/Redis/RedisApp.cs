using Serverless.Backends.Redis;
using Serverless.IntegrationTests.Load;
using Serverless.IntegrationTests.Processes;
using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.Redis;

/// <summary>Stores on a Redis whose acknowledged writes are on the disk.</summary>
public sealed class RedisApp : ProxiedStores<RedisServer>
{
    /// <summary>The YAML of the store that every test uses, on that server or those.</summary>
    public static string Store(string redisHost, params (string Name, string Value)[] metadata) =>
        Resources.Component(IWireTarget.StoreName, "state.redis", [("redisHost", redisHost), .. metadata]);

    /// <summary>The same, for a start that may go on without the store.</summary>
    public static string OptionalStore(string redisHost, params (string Name, string Value)[] metadata) =>
        Store(redisHost, metadata).Replace("  version: v1", "  version: v1\n  ignoreErrors: true", StringComparison.Ordinal);

    /// <summary>The app with that one store.</summary>
    public static Task<AppProcess> StartAsync(string yaml) => AppProcess.StartAsync(
        new AppSettings { Resources = new Dictionary<string, string> { ["store.yaml"] = yaml } }, Token);

    /// <inheritdoc/>
    public override int PortOf(RedisServer server) => server.Port;

    /// <inheritdoc/>
    protected override Task<RedisServer> StartServerAsync() => RedisServer.StartAsync(new RedisServerSettings { IsDurable = true }, Token);

    /// <inheritdoc/>
    protected override string StoreAt(string name, int port) => Resources.Component(name, "state.redis", ("redisHost", $"127.0.0.1:{port}"));
}
