namespace Serverless.Components.Clients.Redis.Cluster;

/// <summary>One node of the cluster: the connection that callers share, and the one for commands that block.</summary>
internal sealed class RedisClusterNode : IAsyncDisposable
{
    private readonly RedisNode _shared;
    private readonly Lazy<RedisNode> _blocking;

    /// <summary>Connects when the first command comes.</summary>
    public RedisClusterNode(RedisClient client, RedisOptions options, RedisEndpoint endpoint)
    {
        Endpoint = endpoint;
        _shared = Create();
        _blocking = new Lazy<RedisNode>(Create);
        RedisNode Create() => new(client, options, _ => ValueTask.FromResult(endpoint));
    }

    /// <summary>Where it is.</summary>
    public RedisEndpoint Endpoint { get; }

    /// <summary>True when it is one of its connections.</summary>
    public bool Has(RedisNode node) => node == _shared || (_blocking.IsValueCreated && node == _blocking.Value);

    /// <summary>Sends a command there.</summary>
    public void Send(RedisCommand command) => (command.Blocks ? _blocking.Value : _shared).Send(command);

    /// <summary>Sends what waits elsewhere, and closes when the last reply has come.</summary>
    public Task RetireAsync() => Task.WhenAll(_shared.RetireAsync(), _blocking.Value.RetireAsync());

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _shared.DisposeAsync();
        await _blocking.Value.DisposeAsync();
    }
}
