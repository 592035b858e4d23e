namespace Serverless.Backends.Redis;

/// <summary>The independent witness of what is in a server: every call has a connection of its own, so that restarts do no harm.</summary>
public sealed class RedisCli(RedisEndpoint endpoint)
{
    /// <summary>Where it connects to.</summary>
    public RedisEndpoint Endpoint => endpoint;

    /// <summary>Runs one command: <c>await cli.CallAsync(["HSET", key, "data", bytes], token)</c>.</summary>
    /// <exception cref="RedisErrorException">The server answered with an error.</exception>
    public async Task<RedisReply> CallAsync(IReadOnlyList<RedisArgument> command, CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(cancellationToken);
        return await connection.CallAsync(command, cancellationToken);
    }

    /// <summary>A connection to keep: for MULTI, ASKING, SUBSCRIBE or pipelines.</summary>
    public Task<RedisConnection> OpenAsync(CancellationToken cancellationToken) => RedisConnection.OpenAsync(endpoint, cancellationToken);

    /// <summary>One line of <c>INFO</c>, or null when there is none of that name.</summary>
    public async Task<string?> InfoAsync(string name, CancellationToken cancellationToken)
    {
        var info = await CallAsync(["INFO", "everything"], cancellationToken);
        return info.Text!.Split("\r\n").FirstOrDefault(line => line.StartsWith(name + ":", StringComparison.Ordinal))?[(name.Length + 1)..];
    }
}
