using System.Text;
using Serverless.Components.Clients.Redis.Protocol;

namespace Serverless.Components.Clients.Redis;

/// <summary>Asks several servers the same question, each on a connection of its own; the first good answer counts.</summary>
/// <remarks>
/// The next server is asked when the one before refuses, or is silent for a while. So one that hangs costs little time, and one
/// that is merely slow is still heard.
/// </remarks>
/// <param name="options">Settings for the connections; their endpoints don't matter.</param>
/// <param name="question">Makes the command.</param>
internal sealed class RedisInquiry(RedisOptions options, Func<RedisCommand> question)
{
    private static readonly TimeSpan LongestPatience = TimeSpan.FromMilliseconds(500);

    private readonly RedisOptions _options = options with
    {
        Topology = RedisTopology.Single,
        Database = 0,
        MaxRetries = 0,
        MaxInFlight = 7,
        IdleTimeout = null,
        QueueTimeout = options.ConnectTimeout,
    };

    /// <summary>Asks the servers in turn.</summary>
    /// <param name="servers">Whom to ask.</param>
    /// <param name="read">Makes something of a server's answer, or throws.</param>
    /// <param name="cancellationToken">Ends the asking; whoever has not answered by then did not do so in time.</param>
    /// <exception cref="RedisException">None had a good answer; the message says why of each.</exception>
    public async Task<T> AskAsync<T>(IReadOnlyList<RedisEndpoint> servers, Func<RedisEndpoint, RedisReply, T> read, CancellationToken cancellationToken)
        where T : class
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var asked = new List<Task<RedisTestimony<T>>>();
        var faults = new List<RedisException>();
        try
        {
            for (var next = 0; next < servers.Count || asked.Count > 0;)
            {
                if (next < servers.Count)
                {
                    asked.Add(AskOneAsync(servers[next++], read, stop.Token));
                }

                if (await FirstAsync(asked, isLast: next == servers.Count, stop.Token) is not { } ended)
                {
                    continue;
                }

                asked.Remove(ended);
                var (answer, fault) = await ended;
                if (answer is not null)
                {
                    return answer;
                }

                faults.Add(fault!);
            }
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(asked);
        }

        throw Summary(faults);
    }

    // Null when nobody has answered and the next one should be asked.
    private async Task<Task<RedisTestimony<T>>?> FirstAsync<T>(List<Task<RedisTestimony<T>>> asked, bool isLast, CancellationToken cancellationToken)
        where T : class
    {
        var answer = Task.WhenAny(asked);
        if (!isLast)
        {
            using var heard = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var patience = _options.ConnectTimeout / 4 < LongestPatience ? _options.ConnectTimeout / 4 : LongestPatience;
            var ended = await Task.WhenAny(answer, Task.Delay(patience, _options.Time, heard.Token));
            await heard.CancelAsync();
            if (ended != answer)
            {
                return null;
            }
        }

        return await answer;
    }

    private async Task<RedisTestimony<T>> AskOneAsync<T>(RedisEndpoint server, Func<RedisEndpoint, RedisReply, T> read, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            await using var client = new RedisSingleClient(_options with { Endpoints = [server] });
            return new(read(server, await client.ExecuteAsync(question(), cancellationToken)), null);
        }
        catch (RedisException fault)
        {
            // What kept the question from being sent says it better.
            return new(null, (fault.InnerException as RedisException ?? fault) is RedisServerException refusal
                ? new RedisServerException(refusal.Code, $"{server}: {refusal.Message}")
                : fault.InnerException as RedisException ?? fault);
        }
        catch (RespException fault)
        {
            return new(null, new RedisConnectionException($"{server} answered what was not expected: {fault.Message}", fault));
        }
        catch (OperationCanceledException fault)
        {
            return new(null, new RedisConnectionException($"{server} did not answer in time", fault));
        }
    }

    private static RedisException Summary(List<RedisException> faults)
    {
        var text = new StringBuilder();
        foreach (var fault in faults.DistinctBy(fault => fault.Message))
        {
            text.Append(text.Length > 0 ? "; " : "").Append(fault.Message);
        }

        // Wrong credentials are told from servers that are away: waiting does not help.
        return faults.TrueForAll(fault => fault is RedisServerException) && faults.FirstOrDefault() is RedisServerException first
            ? new RedisServerException(first.Code, text.ToString())
            : new RedisConnectionException(text.ToString(), faults.FirstOrDefault());
    }
}
