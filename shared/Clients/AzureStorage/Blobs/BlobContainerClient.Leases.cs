namespace Serverless.Components.Clients.AzureStorage.Blobs;

/// <remarks>
/// A lease alone stops no process that has slept through its end: protected writes carry the lease's id
/// (<see cref="BlobCondition.LeaseId"/>) or another fence.
/// </remarks>
internal sealed partial class BlobContainerClient
{
    /// <summary>Takes a blob's lease; the holder of the same id takes it again.</summary>
    /// <param name="name">The blob, which must exist.</param>
    /// <param name="leaseId">An id of the caller's own.</param>
    /// <param name="duration">15 to 60 whole seconds; null means without end.</param>
    /// <param name="cancellationToken">The caller gave up; the lease may be taken.</param>
    public async ValueTask<BlobResult> AcquireLeaseAsync(string name, Guid leaseId, TimeSpan? duration, CancellationToken cancellationToken)
    {
        using var message = _requests.AcquireLease(name, leaseId, duration);
        return await ChangeAsync(message, 201, "acquire lease", cancellationToken);
    }

    /// <summary>Lets the lease last its duration once more from now on; so it can be renewed after its end while nobody else took it.</summary>
    public async ValueTask<BlobResult> RenewLeaseAsync(string name, Guid leaseId, CancellationToken cancellationToken)
    {
        using var message = _requests.RenewLease(name, leaseId);
        return await ChangeAsync(message, 200, "renew lease", cancellationToken);
    }

    /// <summary>Ends the lease at once.</summary>
    public async ValueTask<BlobResult> ReleaseLeaseAsync(string name, Guid leaseId, CancellationToken cancellationToken)
    {
        using var message = _requests.ReleaseLease(name, leaseId);
        return await ChangeAsync(message, 200, "release lease", cancellationToken);
    }

    /// <summary>Gives the lease another id.</summary>
    public async ValueTask<BlobResult> ChangeLeaseAsync(string name, Guid leaseId, Guid newLeaseId, CancellationToken cancellationToken)
    {
        using var message = _requests.ChangeLease(name, leaseId, newLeaseId);
        return await ChangeAsync(message, 200, "change lease", cancellationToken);
    }

    /// <summary>Ends anyone's lease, at the latest after <paramref name="period"/>; null means when it would end by itself.</summary>
    /// <returns>With <see cref="BlobResult.LeaseRemains"/>.</returns>
    public async ValueTask<BlobResult> BreakLeaseAsync(string name, TimeSpan? period, CancellationToken cancellationToken)
    {
        using var message = _requests.BreakLease(name, period);
        return await ChangeAsync(message, 202, "break lease", cancellationToken);
    }
}
