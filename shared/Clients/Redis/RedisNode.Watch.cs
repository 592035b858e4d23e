using Microsoft.Extensions.Logging;

namespace Serverless.Components.Clients.Redis;

/// <summary>What has to be looked at from time to time.</summary>
internal sealed partial class RedisNode
{
    private void Watch()
    {
        EndOverdueLine();

        // Those take no more commands, but owe replies.
        foreach (var outgoing in Volatile.Read(ref _outgoing))
        {
            outgoing.EndOverdue();
        }

        if (Volatile.Read(ref _current) is not { } current)
        {
            return;
        }

        current.EndOverdue();
        if (_options.Time.GetElapsedTime(current.OpenedAt) >= _options.MaxConnectionAge
            || (current.IsIdle && _options.Time.GetElapsedTime(current.LastUsedAt) >= _options.IdleTimeout))
        {
            Replace(current);
        }
        else
        {
            RenewWhenDue(current);
        }
    }

    private void EndOverdueLine()
    {
        if (Volatile.Read(ref _lineLength) == 0)
        {
            return;
        }

        lock (_gate)
        {
            // The line is in the order of joining.
            while (_line.TryPeek(out var command) && (!command.IsPending || _options.Time.GetElapsedTime(command.Since) >= _options.QueueTimeout))
            {
                _line.Dequeue();
                command.Fail(new RedisTimeoutException(
                    $"{command}: not executed: {(_current is null ? "no connection" : "no place in the queue")} within {_options.QueueTimeout.TotalSeconds:0.###} s"));
            }

            _lineLength = _line.Count;
        }
    }

    [LoggerMessage(LogLevel.Warning, "redis: connection to {endpoint} lost: {reason}")]
    private partial void LogBroken(RedisEndpoint endpoint, string reason);

    [LoggerMessage(LogLevel.Debug, "redis: connected to {endpoint}")]
    private partial void LogConnected(RedisEndpoint endpoint);
}
