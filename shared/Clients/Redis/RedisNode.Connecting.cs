namespace Serverless.Components.Clients.Redis;

/// <summary>Opening a connection.</summary>
internal sealed partial class RedisNode
{
    // Under the lock.
    private void Connect()
    {
        if (!_isConnecting && !_isDisposed && !_isRetired)
        {
            _isConnecting = true;
            Track(Task.Run(ConnectAsync));
        }
    }

    // Under the lock, so that closing waits for what still runs.
    private void Track(Task task)
    {
        _running.RemoveAll(static ended => ended.IsCompleted);
        _running.Add(task);
    }

    private async Task ConnectAsync()
    {
        RedisConnection? connection = null;
        RedisException? fault = null;
        try
        {
            await PauseAsync();
            connection = await OpenAsync();
            LogConnected(connection.Endpoint);
        }
        catch (OperationCanceledException)
        {
            fault = new RedisConnectionException("the client was closed");
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            fault = exception as RedisException ?? new RedisConnectionException($"no connection: {exception.Message}", exception);
        }

        RedisCommand[] line = [];
        lock (_gate)
        {
            _isConnecting = false;
            if (connection is { IsUsable: false })
            {
                fault = connection.Fault;
                connection = null;
            }

            if (_isDisposed || _isRetired)
            {
                connection?.Abort(new RedisConnectionException("the client was closed"));
            }
            else
            {
                _current = connection;
            }

            if (connection is null)
            {
                line = [.. _line];
                _line.Clear();
                _lineLength = 0;
                NoteFailure();
            }
        }

        if (fault is not null)
        {
            _client.OnUnreachable(this, line, fault);
        }

        AdmitWaiting();
    }

    // Under the lock.
    private void NoteFailure()
    {
        _failures++;
        _failedAt = _options.Time.GetTimestamp();
    }

    // Callers that come all the time don't make it connect all the time.
    private async Task PauseAsync()
    {
        if (_failures > 0 && _options.PauseBefore(_failures) - _options.Time.GetElapsedTime(_failedAt) is { Ticks: > 0 } left)
        {
            await Task.Delay(left, _options.Time, _stop.Token);
        }
    }

    private async Task<RedisConnection> OpenAsync()
    {
        using var timeout = new CancellationTokenSource(_options.ConnectTimeout, _options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _stop.Token);
        var target = "the server's address";
        try
        {
            var endpoint = await _locate(either.Token);
            target = $"{endpoint}";
            var stream = await RedisTransport.ConnectAsync(endpoint, _options.Tls, either.Token);
            var connection = new RedisConnection(this, endpoint, stream, _options);
            lock (_gate)
            {
                Track(connection.RunAsync());
            }

            try
            {
                await GreetAsync(connection, either.Token);
            }
            catch
            {
                connection.Abort(new RedisConnectionException("the handshake failed"));
                throw;
            }

            return connection;
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !_stop.IsCancellationRequested)
        {
            throw new RedisConnectionException($"no connection to {target} within {_options.ConnectTimeout.TotalSeconds:0.###} s");
        }
    }

    private async Task GreetAsync(RedisConnection connection, CancellationToken cancellationToken)
    {
        if (_options.Credentials is not null)
        {
            await AuthenticateAsync(connection, await ObtainCredentialsAsync(cancellationToken), cancellationToken);
        }

        if (_options.Database > 0)
        {
            await AskAsync(connection, RedisCommandName.Select, cancellationToken, _options.Database);
        }

        if (_options.Topology == RedisTopology.Sentinel)
        {
            var role = await AskAsync(connection, RedisCommandName.Role, cancellationToken);
            RequirePrimary(connection, role);
        }
    }

    // Sentinels may still name the old primary right after a failover.
    private static void RequirePrimary(RedisConnection connection, RedisReply role)
    {
        var reader = role.Read();
        if (reader.ReadArray() < 1 || reader.ReadText() is not "master")
        {
            throw new RedisConnectionException($"{connection.Endpoint} is not the primary");
        }
    }

    private static async Task<RedisReply> AskAsync(
        RedisConnection connection, RedisCommandName name, CancellationToken cancellationToken, params RedisArgument[] arguments)
    {
        var command = RedisCommand.InHandshake(name, arguments);
        command.EndOn(cancellationToken);
        return connection.TrySend(command)
            ? await command.Task
            : throw new RedisConnectionException($"the connection to {connection.Endpoint} was closed");
    }
}
