namespace Serverless.Tests.Clients.Redis.Cluster;

[CollectionDefinition(nameof(RedisClusterGroup))]
public sealed class RedisClusterGroup : ICollectionFixture<RedisClusterFixture>;
