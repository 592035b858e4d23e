using Serverless.Components.Registry.Leases;

namespace Serverless.Tests.Components.Leases;

/// <summary>A place for one lease that nobody else has, whose renewals are answered as a test says.</summary>
internal sealed class ScriptedLeases : ILeaseStore, ILeaseStores
{
    private string? _text;
    private int _renewals;

    /// <summary>How often a renewal was asked for.</summary>
    public int Renewals => Volatile.Read(ref _renewals);

    public Func<CancellationToken, ValueTask<bool>> Renew { get; set; } = _ => ValueTask.FromResult(true);

    public ValueTask<LeaseState?> ReadAsync(string name, CancellationToken cancellationToken) => ValueTask.FromResult(_text is null ? null : new LeaseState(_text, 1, null));

    public ValueTask<LeaseGrant?> TryTakeAsync(string name, Guid holder, TimeSpan duration, CancellationToken cancellationToken) =>
        ValueTask.FromResult<LeaseGrant?>(new LeaseGrant(name, holder, 1, duration, _text ?? ""));

    public ValueTask<bool> TryRenewAsync(LeaseGrant grant, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _renewals);
        return Renew(cancellationToken);
    }

    public ValueTask<bool> TryReleaseAsync(LeaseGrant grant, string? text, CancellationToken cancellationToken)
    {
        _text = text ?? _text;
        return ValueTask.FromResult(true);
    }

    public ILeaseStore Named(string component) => this;

    public ILeaseStore? FindDefault() => this;
}
