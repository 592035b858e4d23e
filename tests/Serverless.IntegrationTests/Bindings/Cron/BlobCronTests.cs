using Serverless.Backends.Azurite;
using Serverless.IntegrationTests.Backends;

namespace Serverless.IntegrationTests.Bindings.Cron;

/// <summary>Leases of blobs, which last 15 seconds at least: the service is told to end that of a killed process.</summary>
public sealed class BlobCronTests(AzuriteFixture fixture) : CronInstanceContract, IClassFixture<AzuriteFixture>, IAsyncLifetime
{
    private readonly string _container = $"cron-{Guid.NewGuid():N}";
    private AzuriteContainer? _leases;

    private protected override TimeSpan Lease => TimeSpan.FromSeconds(15);

    private protected override IEnumerable<(string Name, string Value)> Place =>
    [
        ("leaseContainer", _container),
        ("accountName", fixture.Server.Account),
        ("accountKey", fixture.Server.Key),
        ("endpoint", $"http://127.0.0.1:{fixture.Server.BlobPort}"),
    ];

    public async ValueTask InitializeAsync() => _leases = await AzuriteContainer.CreateAsync(fixture.Server, _container, Token);

    public ValueTask DisposeAsync()
    {
        _leases?.Dispose();
        return ValueTask.CompletedTask;
    }

    private protected override Task EndLeaseAsync() => _leases!.EndLeasesAsync(Token);
}
