namespace Serverless.Components.Clients.Redis.Cluster;

/// <summary>A command's keys belong to different nodes of the cluster; it was not sent.</summary>
internal sealed class RedisCrossSlotException(string message) : RedisException(message);
