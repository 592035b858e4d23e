using Serverless.Components.Clients.AzureStorage.Blobs;
using Serverless.Components.Leases;
using Serverless.Components.Registry.Leases;
using Serverless.Tests.Clients.AzureStorage.Blobs;

namespace Serverless.Tests.Components.Leases;

/// <summary>Leases of blobs, which the service ends; a test breaks them instead of waiting.</summary>
public sealed class BlobLeaseStoreTests(BlobServer server) : LeaseStoreContract, IClassFixture<BlobServer>
{
    private readonly string _name = server.NewContainer();
    private BlobContainerClient? _container;

    public override async ValueTask InitializeAsync()
    {
        _container = server.Client(container: _name);
        await _container.CreateContainerAsync(BlobAccess.None, Cancellation);
        await base.InitializeAsync();
    }

    public override ValueTask DisposeAsync()
    {
        _container?.Dispose();
        return base.DisposeAsync();
    }

    private protected override Task<ILeaseStore> OpenAsync() => Task.FromResult<ILeaseStore>(new BlobLeaseStore(_container!, TimeProvider.System));

    private protected override async Task EndAsync(string name) => Assert.True((await _container!.BreakLeaseAsync(name, TimeSpan.Zero, Cancellation)).IsDone);

    [Fact]
    public async Task Take_WithoutContainer_SaysSo()
    {
        using var missing = server.Client();
        var fault = await Assert.ThrowsAsync<LeaseException>(async () => await new BlobLeaseStore(missing, TimeProvider.System).TryTakeAsync("x", Guid.NewGuid(), Duration, Cancellation));

        Assert.Contains("ContainerNotFound", fault.Message, StringComparison.Ordinal);
    }
}
