using Serverless.Backends.Redis;
using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.Bindings.Cron;

/// <summary>Leases in a Redis that the schedule names.</summary>
public sealed class RedisCronTests : CronSleepContract, IAsyncLifetime
{
    private RedisServer? _server;

    private protected override IReadOnlyDictionary<string, string> Stores => new Dictionary<string, string>
    {
        ["store.yaml"] = Resources.Component("leases", "state.redis", ("redisHost", _server!.Address)),
    };

    private protected override IEnumerable<(string Name, string Value)> Place => [("leaseStore", "leases")];

    public async ValueTask InitializeAsync() => _server = await RedisServer.StartAsync(TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => _server!.DisposeAsync();
}
