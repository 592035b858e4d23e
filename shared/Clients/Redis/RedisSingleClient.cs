namespace Serverless.Components.Clients.Redis;

/// <summary>One server.</summary>
internal sealed class RedisSingleClient : RedisClient
{
    private readonly RedisNode _node;
    private readonly Lazy<RedisNode> _blocking;

    /// <summary>Uses the first endpoint.</summary>
    public RedisSingleClient(RedisOptions options)
        : base(options)
    {
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
        if (_blocking.IsValueCreated)
        {
            await _blocking.Value.DisposeAsync();
        }
    }

    private RedisNode CreateNode() => new(this, Options, _ => ValueTask.FromResult(Options.Endpoints[0]));
}
