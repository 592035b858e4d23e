namespace Serverless.Components.Clients.Redis.Sentinel;

/// <summary>A sentinel's answer.</summary>
/// <param name="Sentinel">Who answered.</param>
/// <param name="Endpoint">Where the primary is.</param>
internal sealed record RedisPrimary(RedisEndpoint Sentinel, RedisEndpoint Endpoint);
