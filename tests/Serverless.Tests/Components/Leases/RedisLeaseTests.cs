using Serverless.Tests.Clients.Redis;

namespace Serverless.Tests.Components.Leases;

public sealed class RedisLeaseTests(RedisServerFixture fixture) : StateLeaseStoreContract, IClassFixture<RedisServerFixture>
{
    private protected override string Document => LeaseRegistry.Store("state.redis", ("redisHost", fixture.Server.Address));
}
