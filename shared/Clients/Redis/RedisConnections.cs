namespace Serverless.Components.Clients.Redis;

/// <summary>The connections to one server: one that callers share, and a few that take in turn what blocks.</summary>
/// <remarks>On a connection the next command waits for the end of one that blocks. Each is opened when its first command comes.</remarks>
internal sealed class RedisConnections : IAsyncDisposable
{
    private const int MostBlocking = 8;

    private readonly Lock _gate = new();
    private readonly Func<RedisNode> _create;
    private readonly RedisNode _shared;
    private readonly List<RedisNode> _blocking = [];
    private int _turn;
    private bool _isClosed;

    /// <summary>Asks <paramref name="locate"/> for the server before each connection.</summary>
    public RedisConnections(RedisClient client, RedisOptions options, Func<CancellationToken, ValueTask<RedisEndpoint>> locate)
    {
        _create = () => new RedisNode(client, options, locate);
        _shared = _create();
    }

    /// <summary>True when it is one of these.</summary>
    public bool Has(RedisNode node)
    {
        if (node == _shared)
        {
            return true;
        }

        lock (_gate)
        {
            return _blocking.Contains(node);
        }
    }

    /// <summary>Sends a command there.</summary>
    public void Send(RedisCommand command) => (command.Blocks ? Next() : _shared).Send(command);

    /// <summary>Sends what waits elsewhere, and closes when the last reply has come.</summary>
    public Task RetireAsync() => Task.WhenAll(Close().Select(node => node.RetireAsync()));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var node in Close())
        {
            await node.DisposeAsync();
        }
    }

    // The shared one knows what to do with a command that comes too late.
    private RedisNode Next()
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                return _shared;
            }

            var turn = _turn;
            _turn = (turn + 1) % MostBlocking;
            if (turn == _blocking.Count)
            {
                _blocking.Add(_create());
            }

            return _blocking[turn];
        }
    }

    private List<RedisNode> Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            return [_shared, .. _blocking];
        }
    }
}
