using System.Globalization;
using Serverless.Backends.Processes;

namespace Serverless.Backends.Redis;

/// <summary>A primary with replicas, and sentinels that replace it when it dies.</summary>
public sealed class RedisSentinelGroup : IAsyncDisposable
{
    private static readonly TimeSpan AgreeLimit = TimeSpan.FromSeconds(90);
    private readonly RedisSentinelSettings _settings;
    private readonly RedisReplicaPair _servers;
    private readonly List<RedisServer> _sentinels = [];

    private RedisSentinelGroup(RedisSentinelSettings settings, RedisReplicaPair servers) => (_settings, _servers) = (settings, servers);

    /// <summary>The servers, the first primary at the head.</summary>
    public IEnumerable<RedisServer> Servers => _servers.Replicas.Prepend(_servers.Primary);

    /// <summary>The sentinels.</summary>
    public IReadOnlyList<RedisServer> Sentinels => _sentinels;

    /// <summary><c>127.0.0.1:port</c> of each sentinel, with commas between, as <c>redisHost</c> wants it with failover on.</summary>
    public string SentinelAddresses => string.Join(',', _sentinels.Select(sentinel => sentinel.Address));

    /// <summary>The name the sentinels know the primary by.</summary>
    public string PrimaryName => _settings.PrimaryName;

    /// <summary>Starts them all and waits until every sentinel knows every other and every replica.</summary>
    public static async Task<RedisSentinelGroup> StartAsync(RedisSentinelSettings settings, CancellationToken cancellationToken)
    {
        var servers = await RedisReplicaPair.StartAsync(settings.Server, settings.Replicas, cancellationToken);
        var group = new RedisSentinelGroup(settings, servers);
        try
        {
            for (var count = 0; count < settings.Sentinels; count++)
            {
                group._sentinels.Add(await RedisServer.StartAsync(settings.SentinelFor(servers.Primary.Port), cancellationToken));
            }

            await group.WaitUntilAgreedAsync(cancellationToken);
            return group;
        }
        catch
        {
            await group.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc cref="StartAsync(RedisSentinelSettings, CancellationToken)"/>
    public static Task<RedisSentinelGroup> StartAsync(CancellationToken cancellationToken) => StartAsync(new RedisSentinelSettings(), cancellationToken);

    /// <summary>The primary that the living sentinels agree on and that takes itself for one.</summary>
    public Task<RedisServer> PrimaryAsync(CancellationToken cancellationToken) => PrimaryAsync(_ => true, cancellationToken);

    /// <summary>SIGKILL of the primary; returns the server that has taken over.</summary>
    public async Task<RedisServer> KillPrimaryAsync(CancellationToken cancellationToken)
    {
        var old = await PrimaryAsync(cancellationToken);
        await old.KillAsync(cancellationToken);
        return await PrimaryAsync(server => server != old, cancellationToken);
    }

    /// <summary><c>SENTINEL FAILOVER</c>; returns the new primary. The old one becomes a replica.</summary>
    public async Task<RedisServer> FailOverAsync(CancellationToken cancellationToken)
    {
        var old = await PrimaryAsync(cancellationToken);
        await Eventually.MustAsync(
            "a failover has begun",
            async () =>
            {
                try
                {
                    await _sentinels[0].Cli.CallAsync(["SENTINEL", "FAILOVER", PrimaryName], cancellationToken);
                    return true;
                }
                catch (RedisErrorException failure) when (failure.Message.StartsWith("NOGOODSLAVE", StringComparison.Ordinal) || failure.Message.StartsWith("INPROG", StringComparison.Ordinal))
                {
                    return false;
                }
            },
            AgreeLimit,
            cancellationToken);
        return await PrimaryAsync(server => server != old, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var sentinel in _sentinels)
        {
            await sentinel.DisposeAsync();
        }

        await _servers.DisposeAsync();
    }

    private async Task<RedisServer> PrimaryAsync(Func<RedisServer, bool> isWanted, CancellationToken cancellationToken)
    {
        RedisServer? found = null;
        await Eventually.MustAsync(
            "the sentinels agree on a primary",
            async () =>
            {
                var ports = await Task.WhenAll(_sentinels.Where(sentinel => !sentinel.Process.HasExited).Select(sentinel => PortAsync(sentinel, cancellationToken)));
                found = Servers.FirstOrDefault(server => ports.All(port => port == server.Port));
                return found is { Process.HasExited: false } && isWanted(found) && await found.Cli.InfoAsync("role", cancellationToken) == "master";
            },
            AgreeLimit,
            cancellationToken);
        return found!;
    }

    private async Task<int?> PortAsync(RedisServer sentinel, CancellationToken cancellationToken)
    {
        var address = await sentinel.Cli.CallAsync(["SENTINEL", "GET-MASTER-ADDR-BY-NAME", PrimaryName], cancellationToken);
        return address.IsNil ? null : int.Parse(address.List[1]!, CultureInfo.InvariantCulture);
    }

    private Task WaitUntilAgreedAsync(CancellationToken cancellationToken) => Eventually.MustAsync(
        "every sentinel knows every other and every replica",
        async () =>
        {
            foreach (var sentinel in _sentinels)
            {
                var primary = (await sentinel.Cli.CallAsync(["SENTINEL", "MASTER", PrimaryName], cancellationToken)).Map;
                var replicas = (await sentinel.Cli.CallAsync(["SENTINEL", "REPLICAS", PrimaryName], cancellationToken)).Items!;
                if (primary["flags"] != "master" ||
                    primary["num-other-sentinels"] != (_sentinels.Count - 1).ToString(CultureInfo.InvariantCulture) ||
                    replicas.Count != _settings.Replicas ||
                    replicas.Any(replica => replica.Map["flags"] != "slave" || replica.Map["master-link-status"] != "ok"))
                {
                    return false;
                }
            }

            return true;
        },
        AgreeLimit,
        cancellationToken);
}
