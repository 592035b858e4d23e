using Serverless.Components.Clients.Redis.Cluster;
using Serverless.Components.Clients.Redis.Sentinel;

namespace Serverless.Components.Clients.Redis;

/// <summary>Executes commands on a deployment of Redis.</summary>
/// <remarks>
/// A command that the server certainly has not executed is tried again a few times, and so is one that only reads; one that writes
/// and whose fate is unknown fails and is never repeated.
/// </remarks>
internal abstract class RedisClient : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();

    private protected RedisClient(RedisOptions options) => Options = options;

    /// <summary>The settings.</summary>
    protected RedisOptions Options { get; }

    /// <summary>A client for the options' topology. It connects when the first command comes.</summary>
    public static RedisClient Create(RedisOptions options) => options.Topology switch
    {
        RedisTopology.Cluster => new RedisClusterClient(options),
        RedisTopology.Sentinel => new RedisSingleClient(options, new RedisSentinelLocator(options).LocateAsync),
        _ => new RedisSingleClient(options),
    };

    /// <summary>Executes a command and gives its reply.</summary>
    /// <exception cref="RedisServerException">The server answered with an error.</exception>
    /// <exception cref="RedisConnectionException">There is no connection, or it broke.</exception>
    /// <exception cref="RedisTimeoutException">The time ran out.</exception>
    public ValueTask<RedisReply> ExecuteAsync(RedisCommand command, CancellationToken cancellationToken)
    {
        command.EndOn(cancellationToken);
        Send(command);
        return command.Task;
    }

    /// <summary>Sends a command to the node that it belongs to.</summary>
    public abstract void Send(RedisCommand command);

    /// <summary>A node answered with an error: tries again, or ends the command.</summary>
    public virtual void OnError(RedisNode node, RedisCommand command, RedisError error)
    {
        if (error.Code == "NOSCRIPT" && command.SendSource())
        {
            node.Send(command);
        }
        else if (error.IsTemporary)
        {
            TryLater(command, error);
        }
        else
        {
            command.Fail(new RedisServerException(error.Code, error.Text));
        }
    }

    /// <summary>A node's connection broke, and it opens another one.</summary>
    public virtual void OnLost(RedisNode node)
    {
    }

    /// <summary>A node could not be connected; the commands that stood in its line are tried again later, or end.</summary>
    public virtual void OnUnreachable(RedisNode node, IReadOnlyList<RedisCommand> line, RedisException fault)
    {
        // Wrong credentials don't become right by trying.
        var isFinal = fault is RedisServerException { Code: not ("LOADING" or "MASTERDOWN" or "BUSY" or "ERR") };
        var later = new List<RedisCommand>(line.Count);
        foreach (var command in line)
        {
            if (!isFinal && command.Retries++ < Options.MaxRetries)
            {
                later.Add(command);
            }
            else
            {
                command.Fail(new RedisConnectionException($"{command}: not executed: {fault.Message}", fault));
            }
        }

        _ = SendLaterAsync(later);
    }

    /// <inheritdoc/>
    public virtual async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Tries a command that was not executed again after a pause, or ends it.</summary>
    protected void TryLater(RedisCommand command, RedisError error)
    {
        if (command.Retries++ < Options.MaxRetries)
        {
            _ = SendLaterAsync([command]);
        }
        else
        {
            command.Fail(new RedisServerException(error.Code, error.Text));
        }
    }

    private async Task SendLaterAsync(List<RedisCommand> commands)
    {
        if (commands.Count == 0)
        {
            return;
        }

        try
        {
            await Task.Delay(Options.PauseBefore(commands[0].Retries), Options.Time, _stop.Token);
            commands.ForEach(Send);
        }
        catch (OperationCanceledException)
        {
            commands.ForEach(command => command.Fail(new RedisConnectionException($"{command}: not executed: the client was closed")));
        }
    }
}
