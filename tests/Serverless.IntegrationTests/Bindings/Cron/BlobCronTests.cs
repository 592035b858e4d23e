using Serverless.IntegrationTests.Backends;

namespace Serverless.IntegrationTests.Bindings.Cron;

/// <summary>Leases of blobs, which last 15 seconds at least.</summary>
public sealed class BlobCronTests(AzuriteFixture fixture) : CronInstanceContract, IClassFixture<AzuriteFixture>
{
    private readonly string _container = $"cron-{Guid.NewGuid():N}";

    private protected override TimeSpan Lease => TimeSpan.FromSeconds(15);

    private protected override IEnumerable<(string Name, string Value)> Place =>
    [
        ("leaseContainer", _container),
        ("accountName", fixture.Server.Account),
        ("accountKey", fixture.Server.Key),
        ("endpoint", $"http://127.0.0.1:{fixture.Server.BlobPort}"),
    ];
}
