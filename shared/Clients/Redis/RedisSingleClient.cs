namespace Serverless.Components.Clients.Redis;

/// <summary>One server, or whoever is the primary at the moment.</summary>
internal sealed class RedisSingleClient : RedisClient
{
    private readonly RedisConnections _connections;

    /// <summary>Uses the first endpoint.</summary>
    public RedisSingleClient(RedisOptions options)
        : this(options, _ => ValueTask.FromResult(options.Endpoints[0]))
    {
    }

    /// <summary>Asks <paramref name="locate"/> for the server before each connection.</summary>
    public RedisSingleClient(RedisOptions options, Func<CancellationToken, ValueTask<RedisEndpoint>> locate)
        : base(options) => _connections = new RedisConnections(this, options, locate);

    /// <inheritdoc/>
    public override void Send(RedisCommand command) => _connections.Send(command);

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _connections.DisposeAsync();
    }
}
