using System.Globalization;

namespace Serverless.Backends.Redis;

/// <summary>A node of a cluster and its id.</summary>
public sealed record RedisClusterNode(RedisServer Server, string Id)
{
    /// <summary>Runs a command on this very node.</summary>
    public Task<RedisReply> CallAsync(IReadOnlyList<RedisArgument> command, CancellationToken cancellationToken) =>
        Server.Cli.CallAsync(command, cancellationToken);

    internal static async Task<RedisClusterNode> StartAsync(RedisServerSettings settings, CancellationToken cancellationToken)
    {
        var server = await RedisServer.StartAsync(settings, cancellationToken);
        try
        {
            return new RedisClusterNode(server, (await server.Cli.CallAsync(["CLUSTER", "MYID"], cancellationToken)).Text!);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>What this node believes, a line per node: id, address, flags, primary, …, slots.</summary>
    internal async Task<string[]> ViewAsync(CancellationToken cancellationToken) =>
        (await CallAsync(["CLUSTER", "NODES"], cancellationToken)).Text!.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    internal async Task MeetAsync(RedisClusterNode other, CancellationToken cancellationToken)
    {
        // id 127.0.0.1:port@busport …
        var self = (await other.ViewAsync(cancellationToken)).Single(line => line.Contains("myself", StringComparison.Ordinal));
        var bus = int.Parse(self.Split(' ')[1].Split('@')[1].Split(',')[0], CultureInfo.InvariantCulture);
        await CallAsync(["CLUSTER", "MEET", "127.0.0.1", other.Server.Port, bus], cancellationToken);
    }
}
