namespace Serverless.Components.Clients.Redis.Cluster;

/// <summary>One node of the cluster.</summary>
/// <param name="Endpoint">Where it is.</param>
/// <param name="Connections">The connections to it.</param>
internal sealed record RedisClusterNode(RedisEndpoint Endpoint, RedisConnections Connections);
