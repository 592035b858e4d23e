namespace Serverless.Components.Clients.Redis;

/// <summary>One server, or whoever is the primary at the moment.</summary>
internal sealed class RedisSingleClient : RedisClient
{
    private readonly RedisNode _node;
    private readonly Lazy<RedisNode> _blocking;

    private readonly Func<CancellationToken, ValueTask<RedisEndpoint>> _locate;

    /// <summary>Uses the first endpoint.</summary>
    public RedisSingleClient(RedisOptions options)
        : this(options, _ => ValueTask.FromResult(options.Endpoints[0]))
    {
    }

    /// <summary>Asks <paramref name="locate"/> for the server before each connection.</summary>
    public RedisSingleClient(RedisOptions options, Func<CancellationToken, ValueTask<RedisEndpoint>> locate)
        : base(options)
    {
        _locate = locate;
        _node = CreateNode();
        _blocking = new Lazy<RedisNode>(CreateNode);
    }

    /// <inheritdoc/>
    public override void Send(RedisCommand command) => (command.Blocks ? _blocking.Value : _node).Send(command);

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _node.DisposeAsync();

        // Also one that is not there yet, so that none comes after this.
        await _blocking.Value.DisposeAsync();
    }

    private RedisNode CreateNode() => new(this, Options, _locate);
}
