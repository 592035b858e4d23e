namespace Serverless.Tests.Components.Clients.Redis.Cluster;

[CollectionDefinition(nameof(RedisClusterGroup))]
public sealed class RedisClusterGroup : ICollectionFixture<RedisClusterFixture>;
