using System.Collections.Concurrent;
using Serverless.Backends.TokenServers;

namespace Serverless.Backends.Redis;

/// <summary>Makes a server behave like one that takes access tokens for passwords: admitted when issued, shut out when ended.</summary>
/// <param name="servers">The witnesses, one of each server.</param>
/// <param name="name">
/// The ACL user of every token. Null means a user per token, named by its object id: then the server's list of clients tells which
/// token a connection showed last, and the end of a token ends the connections that showed no later one.
/// </param>
public sealed class RedisTokenUsers(IReadOnlyList<RedisCli> servers, string? name)
{
    /// <summary>Long enough that no test fails because the machine is slow; that clients are early is for tests with a clock of their own.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);
    private readonly ConcurrentQueue<IssuedToken> _admitted = new();
    private int _ended;

    /// <summary>How many tokens were shut out.</summary>
    public int Ended => Volatile.Read(ref _ended);

    /// <summary>Admits whatever the server issues from now on.</summary>
    public void Follow(TokenServer tokens) => tokens.Issuing = async token =>
    {
        await AdmitAsync(token, CancellationToken.None);
        tokens.ObjectId = Guid.NewGuid().ToString();
    };

    /// <summary>Opens the door for a token.</summary>
    public async Task AdmitAsync(IssuedToken token, CancellationToken cancellationToken)
    {
        await CallAsync(["ACL", "SETUSER", name ?? token.ObjectId, "on", ">" + token.Value, "allkeys", "allchannels", "+@all"], cancellationToken);
        _admitted.Enqueue(token);
    }

    /// <summary>Shuts it.</summary>
    public async Task EndAsync(IssuedToken token, CancellationToken cancellationToken)
    {
        RedisArgument[] command = name is null ? ["ACL", "DELUSER", token.ObjectId] : ["ACL", "SETUSER", name, "<" + token.Value];
        await CallAsync(command, cancellationToken);
        Interlocked.Increment(ref _ended);
    }

    /// <summary>Shuts out the tokens that have ended by now.</summary>
    public async Task EndOverdueAsync(CancellationToken cancellationToken)
    {
        while (_admitted.TryPeek(out var token) && token.ExpiresOn + Grace <= TimeProvider.System.GetUtcNow() && _admitted.TryDequeue(out token))
        {
            await EndAsync(token, cancellationToken);
        }
    }

    /// <summary>The connections that a user has, by their ids, of one server after the other.</summary>
    public async Task<IReadOnlyList<string>> ConnectionsOfAsync(string user, CancellationToken cancellationToken)
    {
        var connections = new List<string>();
        foreach (var server in servers)
        {
            var clients = (await server.CallAsync(["CLIENT", "LIST"], cancellationToken)).Text!.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            connections.AddRange(clients.Select(client => client.Split(' ')).Where(fields => fields.Contains("user=" + user)).Select(fields => $"{server.Endpoint.Port} {fields[0]}"));
        }

        return connections;
    }

    private async Task CallAsync(RedisArgument[] command, CancellationToken cancellationToken)
    {
        foreach (var server in servers)
        {
            await server.CallAsync(command, cancellationToken);
        }
    }
}
