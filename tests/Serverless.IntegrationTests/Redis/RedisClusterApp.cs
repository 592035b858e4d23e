using Serverless.Backends.Redis;
using Serverless.IntegrationTests.Load;
using Serverless.IntegrationTests.Processes;

namespace Serverless.IntegrationTests.Redis;

/// <summary>The app on a cluster, of which it is told two nodes and one that is not there.</summary>
public sealed class RedisClusterApp : IAsyncLifetime
{
    /// <summary>Where no server is.</summary>
    public const string Nobody = "127.0.0.1:1";

    private RedisCluster? _cluster;
    private AppProcess? _app;
    private HttpClient? _client;

    /// <summary>The cluster.</summary>
    public RedisCluster Cluster => _cluster!;

    /// <summary>The store on it.</summary>
    public StateHttp State => new(_client!);

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        _cluster = await RedisCluster.StartAsync(new RedisClusterSettings { ReplicasPerPrimary = 1 }, TestContext.Current.CancellationToken);
        var hosts = _cluster.Primaries.Take(2).Select(node => node.Server.Address).Prepend(Nobody);
        _app = await RedisApp.StartAsync(RedisApp.Store(string.Join(',', hosts), ("redisType", "cluster")));
        _client = _app.Client();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        await (_app?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_cluster?.DisposeAsync() ?? ValueTask.CompletedTask);
    }
}
