using Microsoft.Extensions.Logging;

namespace Serverless.Components.Clients.Redis;

/// <summary>One server, or whoever is the primary at the moment: its connection, and the line of commands that wait for it.</summary>
/// <remarks>
/// Lock order: the node's, then the connection's. A connection is opened when a command needs it, and again at once when it breaks;
/// an attempt that fails gives the line back to the client, which brings it again later.
/// </remarks>
internal sealed partial class RedisNode : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly RedisClient _client;
    private readonly RedisOptions _options;
    private readonly Func<CancellationToken, ValueTask<RedisEndpoint>> _locate;
    private readonly Queue<RedisCommand> _line = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _running = [];
    private readonly ITimer _watch;
    private readonly ILogger _logger;
    private RedisConnection? _current;
    private RedisConnection[] _outgoing = [];
    private int _lineLength;
    private long _failedAt;
    private int _failures;
    private bool _isConnecting;
    private bool _isDisposed;

    /// <summary>Asks <paramref name="locate"/> where the server is each time it connects.</summary>
    public RedisNode(RedisClient client, RedisOptions options, Func<CancellationToken, ValueTask<RedisEndpoint>> locate)
    {
        _client = client;
        _options = options;
        _locate = locate;
        _logger = options.Logger;
        var interval = TimeSpan.FromMilliseconds(Math.Clamp(Math.Min(options.CommandTimeout.TotalMilliseconds, options.QueueTimeout.TotalMilliseconds) / 16, 5, 250));
        _watch = options.Time.CreateTimer(static node => ((RedisNode)node!).Watch(), this, interval, interval);
    }

    /// <summary>Sends a command as soon as there is a connection with a place for it.</summary>
    public void Send(RedisCommand command)
    {
        if (Volatile.Read(ref _lineLength) == 0 && Volatile.Read(ref _current) is { } current && current.TrySend(command))
        {
            return;
        }

        bool isElsewhere;
        lock (_gate)
        {
            if (_isDisposed)
            {
                command.Fail(new RedisConnectionException($"{command}: not executed: the client was closed"));
                return;
            }

            isElsewhere = _isRetired;
            if (!isElsewhere)
            {
                command.Since = _options.Time.GetTimestamp();
                _line.Enqueue(command);
                _lineLength = _line.Count;
            }
        }

        if (isElsewhere)
        {
            _client.Send(command);
            return;
        }

        AdmitWaiting();
    }

    /// <summary>Lets commands from the line onto the connection while it takes them.</summary>
    public void AdmitWaiting()
    {
        if (Volatile.Read(ref _lineLength) == 0)
        {
            return;
        }

        lock (_gate)
        {
            while (_line.TryPeek(out var command) && (!command.IsPending || _current?.TrySend(command) == true))
            {
                _line.Dequeue();
            }

            _lineLength = _line.Count;
            if (_lineLength > 0 && _current is null)
            {
                Connect();
            }
        }
    }

    /// <summary>An error reply: the client knows what to do about it.</summary>
    public void OnError(RedisConnection connection, RedisCommand command, RedisError error)
    {
        if (error.Code == "READONLY" && MayFindAnother(connection))
        {
            // The primary became a replica. What is under way there ends the same way; the next connection looks for the new one.
            Replace(connection);
        }

        if (command.IsHandshake)
        {
            command.Fail(new RedisServerException(error.Code, error.Text));
        }
        else
        {
            _client.OnError(this, command, error);
        }
    }

    /// <summary>A connection ended.</summary>
    public void OnClosed(RedisConnection connection, RedisException fault)
    {
        lock (_gate)
        {
            if (_current != connection)
            {
                _outgoing = [.. _outgoing.Where(other => other != connection)];
                return;
            }

            Leave(connection, connectsAgain: connection.HasAnswered);
            if (!_isDisposed)
            {
                LogBroken(connection.Endpoint, fault.Message);
            }
        }

        _client.OnLost(this);
    }

    /// <summary>A command whose connection ended before its reply.</summary>
    public void OnUnanswered(RedisCommand command, bool wasSent, RedisException fault)
    {
        if (command.IsHandshake)
        {
            command.Fail(fault);
        }
        else if (wasSent && !command.IsReadOnly)
        {
            command.Fail(new RedisConnectionException($"{command}: {fault.Message} before the reply came; whether it was executed is unknown", fault));
        }
        else if (!_isDisposed && command.Retries++ < _options.MaxRetries)
        {
            _client.Send(command);
        }
        else
        {
            command.Fail(new RedisConnectionException($"{command}: {(wasSent ? "" : "not executed: ")}{fault.Message}", fault));
        }
    }

    /// <summary>Ends the connections; whatever is not answered fails.</summary>
    public async ValueTask DisposeAsync()
    {
        RedisCommand[] line;
        var fault = new RedisConnectionException("the client was closed");
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            line = [.. _line];
            _line.Clear();
            _current?.Abort(fault);
            Array.ForEach(_outgoing, outgoing => outgoing.Abort(fault));
        }

        await _watch.DisposeAsync();
        await _stop.CancelAsync();
        foreach (var command in line)
        {
            command.Fail(new RedisConnectionException($"{command}: not executed: {fault.Message}"));
        }

        // Connecting may leave a connection to wait for.
        while (TakeRunning() is { Length: > 0 } running)
        {
            await Task.WhenAll(running);
        }
    }

    private void Replace(RedisConnection connection)
    {
        lock (_gate)
        {
            if (_current == connection)
            {
                _outgoing = [.. _outgoing, connection];
                Leave(connection, connectsAgain: false);
            }
        }

        connection.Retire();
    }

    // Sentinels know the new primary, and a cluster's map does without the connection. A name may mean another server now, or soon:
    // a connection that is only as old as a pause is kept, because replicas still serve those who read.
    private bool MayFindAnother(RedisConnection connection) => _options.Topology switch
    {
        RedisTopology.Sentinel => true,
        RedisTopology.Single => _options.Time.GetElapsedTime(connection.OpenedAt) >= _options.MaxRetryInterval,
        _ => false,
    };

    // Under the lock. A server that never answered is not worth another attempt until somebody waits for it, and then a pause.
    private void Leave(RedisConnection connection, bool connectsAgain)
    {
        _current = null;
        if (connection.HasAnswered)
        {
            _failures = 0;
        }
        else
        {
            NoteFailure();
        }

        if (connectsAgain || _lineLength > 0)
        {
            Connect();
        }
    }

    private Task[] TakeRunning()
    {
        lock (_gate)
        {
            Task[] running = [.. _running];
            _running.Clear();
            return running;
        }
    }
}
