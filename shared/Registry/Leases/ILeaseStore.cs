namespace Serverless.Components.Registry.Leases;

/// <summary>Keeps leases: rights that at most one of several processes has at a time, each with a short text that only its holder changes.</summary>
/// <remarks>
/// A process can sleep through the end of its lease, so what a holder does elsewhere carries <see cref="LeaseGrant.Token"/>, which grows with
/// every grant; the text itself is protected by the store. Expected outcomes are values; <see cref="LeaseException"/> is for a store that
/// can't be reached or refuses, and then a change may or may not have been made.
/// </remarks>
public interface ILeaseStore
{
    /// <summary>Reads a lease; null when it was never granted.</summary>
    /// <exception cref="LeaseException">The store failed.</exception>
    ValueTask<LeaseState?> ReadAsync(string name, CancellationToken cancellationToken);

    /// <summary>Takes a lease that is free, has ended, or is the same holder's already; null when another has it.</summary>
    /// <param name="name">Letters, digits, dots and hyphens.</param>
    /// <param name="holder">Names this process and no other; it asks for a name once at a time.</param>
    /// <param name="duration">How long it lasts without a renewal, in whole seconds; a lease of a blob 15 to 60.</param>
    /// <param name="cancellationToken">The caller gave up; the lease may be taken.</param>
    /// <exception cref="LeaseException">The store failed; the lease may be taken.</exception>
    ValueTask<LeaseGrant?> TryTakeAsync(string name, Guid holder, TimeSpan duration, CancellationToken cancellationToken);

    /// <summary>Lets a lease last its duration from now on; false when it is no longer the holder's.</summary>
    /// <exception cref="LeaseException">The store failed; the lease may be renewed.</exception>
    ValueTask<bool> TryRenewAsync(LeaseGrant grant, CancellationToken cancellationToken);

    /// <summary>
    /// Ends a lease, writing its text unless <paramref name="text"/> is null; false, with nothing written, when it is no longer the holder's.
    /// After a failure it can be asked again.
    /// </summary>
    /// <exception cref="LeaseException">The store failed; the lease may be ended and the text written.</exception>
    ValueTask<bool> TryReleaseAsync(LeaseGrant grant, string? text, CancellationToken cancellationToken);
}
