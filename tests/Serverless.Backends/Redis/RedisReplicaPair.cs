using Serverless.Backends.Processes;

namespace Serverless.Backends.Redis;

/// <summary>A primary and replicas that follow it.</summary>
public sealed class RedisReplicaPair : IAsyncDisposable
{
    private static readonly TimeSpan LinkLimit = TimeSpan.FromSeconds(60);
    private readonly List<RedisServer> _replicas = [];

    private RedisReplicaPair(RedisServer primary) => Primary = primary;

    /// <summary>The server that takes writes.</summary>
    public RedisServer Primary { get; }

    /// <summary>The servers that follow it.</summary>
    public IReadOnlyList<RedisServer> Replicas => _replicas;

    /// <summary>Starts them all and waits until each replica is in step.</summary>
    public static async Task<RedisReplicaPair> StartAsync(RedisServerSettings settings, int replicas, CancellationToken cancellationToken)
    {
        var pair = new RedisReplicaPair(await RedisServer.StartAsync(settings, cancellationToken));
        try
        {
            for (var count = 0; count < replicas; count++)
            {
                pair._replicas.Add(await RedisServer.StartAsync(settings with { PrimaryPort = pair.Primary.Port }, cancellationToken));
            }

            await pair.WaitUntilLinkedAsync(cancellationToken);
            return pair;
        }
        catch
        {
            await pair.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc cref="StartAsync(RedisServerSettings, int, CancellationToken)"/>
    public static Task<RedisReplicaPair> StartAsync(CancellationToken cancellationToken) => StartAsync(new RedisServerSettings(), 1, cancellationToken);

    /// <summary>Waits until every replica has its link and all of the primary's writes.</summary>
    public Task WaitUntilLinkedAsync(CancellationToken cancellationToken) => Eventually.MustAsync(
        "every replica is in step",
        async () =>
        {
            var offset = await Primary.Cli.InfoAsync("master_repl_offset", cancellationToken);
            foreach (var replica in _replicas)
            {
                if (await replica.Cli.InfoAsync("master_link_status", cancellationToken) != "up" ||
                    await replica.Cli.InfoAsync("slave_repl_offset", cancellationToken) != offset)
                {
                    return false;
                }
            }

            return true;
        },
        LinkLimit,
        cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var replica in _replicas)
        {
            await replica.DisposeAsync();
        }

        await Primary.DisposeAsync();
    }
}
