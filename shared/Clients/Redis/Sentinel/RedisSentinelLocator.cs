using System.Globalization;

namespace Serverless.Components.Clients.Redis.Sentinel;

/// <summary>Finds the primary by asking the sentinels.</summary>
/// <remarks>
/// Redis docs: reference/sentinel-clients. Right after a failover a sentinel may still name the old primary; the node that connects
/// sees to it with ROLE, and asks again.
/// </remarks>
internal sealed class RedisSentinelLocator
{
    private readonly RedisInquiry _inquiry;
    private readonly string _name;
    private RedisEndpoint[] _sentinels;

    /// <summary>The options' endpoints are the sentinels.</summary>
    public RedisSentinelLocator(RedisOptions options)
    {
        var credentials = options.SentinelCredentials;
        _name = options.PrimaryName;
        _sentinels = [.. options.Endpoints];
        _inquiry = new RedisInquiry(
            options with { Credentials = credentials is null ? null : _ => ValueTask.FromResult(credentials) },
            () => RedisCommand.Of(RedisCommandName.Sentinel, "GET-MASTER-ADDR-BY-NAME", _name));
    }

    /// <summary>Where the primary is now.</summary>
    /// <exception cref="RedisException">No sentinel is reachable, or none knows the name.</exception>
    public async ValueTask<RedisEndpoint> LocateAsync(CancellationToken cancellationToken)
    {
        var sentinels = Volatile.Read(ref _sentinels);
        try
        {
            var primary = await _inquiry.AskAsync(sentinels, Read, cancellationToken);

            // The one that answered is asked first next time.
            Volatile.Write(ref _sentinels, [primary.Sentinel, .. sentinels.Where(other => other != primary.Sentinel)]);
            return primary.Endpoint;
        }
        catch (RedisServerException fault)
        {
            throw new RedisServerException(fault.Code, $"no sentinel names the primary '{_name}': {fault.Message}");
        }
        catch (RedisException fault)
        {
            throw new RedisConnectionException($"no sentinel names the primary '{_name}': {fault.Message}", fault);
        }
    }

    // [host, port], or null for a name that the sentinel does not watch.
    private RedisPrimary Read(RedisEndpoint sentinel, RedisReply reply)
    {
        var reader = reply.Read();
        if (reader.ReadArray() != 2)
        {
            throw new RedisConnectionException($"sentinel {sentinel} does not know '{_name}'");
        }

        var (host, port) = (reader.ReadText(), reader.ReadText());
        return host?.Length > 0 && int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new RedisPrimary(sentinel, new RedisEndpoint(host, number))
            : throw new RedisConnectionException($"sentinel {sentinel} gives no address of '{_name}'");
    }
}
