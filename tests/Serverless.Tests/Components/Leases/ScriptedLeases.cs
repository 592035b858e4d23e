using Serverless.Components.Registry.Leases;

namespace Serverless.Tests.Components.Leases;

/// <summary>A place for leases that answers as a test says.</summary>
internal sealed class ScriptedLeases : ILeaseStore
{
    private int _renewals;

    /// <summary>How often a renewal was asked for.</summary>
    public int Renewals => Volatile.Read(ref _renewals);

    public Func<CancellationToken, ValueTask<bool>> Renew { get; set; } = _ => ValueTask.FromResult(true);

    public ValueTask<LeaseState?> ReadAsync(string name, CancellationToken cancellationToken) => ValueTask.FromResult<LeaseState?>(null);

    public ValueTask<LeaseGrant?> TryTakeAsync(string name, Guid holder, TimeSpan duration, CancellationToken cancellationToken) =>
        ValueTask.FromResult<LeaseGrant?>(new LeaseGrant(name, holder, 1, duration, ""));

    public ValueTask<bool> TryRenewAsync(LeaseGrant grant, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _renewals);
        return Renew(cancellationToken);
    }

    public ValueTask<bool> TryReleaseAsync(LeaseGrant grant, string? text, CancellationToken cancellationToken) => ValueTask.FromResult(true);
}
