namespace Serverless.Components.Registry.Leases;

/// <summary>A lease that is renewed until it is ended or lost.</summary>
public sealed class HeldLease : IAsyncDisposable
{
    private readonly ILeaseStore _store;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _lost = new();
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _renewing;
    private long _safeSince;

    private HeldLease(ILeaseStore store, LeaseGrant grant, TimeProvider time, long begun)
    {
        (_store, Grant, _time, _safeSince) = (store, grant, time, begun);
        Lost = _lost.Token;
        _renewing = RenewAsync();
    }

    /// <summary>What was granted.</summary>
    public LeaseGrant Grant { get; }

    /// <summary>Tells that another may have the lease by now; the holder's work must end.</summary>
    public CancellationToken Lost { get; }

    /// <summary>Takes a lease and begins to renew it; null when another has it.</summary>
    /// <exception cref="LeaseException">The store failed; the lease may be taken.</exception>
    public static async ValueTask<HeldLease?> TryTakeAsync(ILeaseStore store, string name, Guid holder, TimeSpan duration, TimeProvider time, CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        return await store.TryTakeAsync(name, holder, duration, cancellationToken) is { } grant ? new HeldLease(store, grant, time, begun) : null;
    }

    /// <summary>Stops renewing and ends the lease, writing its text unless that is null; false, with nothing written, when it is lost.</summary>
    /// <exception cref="LeaseException">The store failed; it can be asked again while the lease lasts.</exception>
    public async ValueTask<bool> TryReleaseAsync(string? text, CancellationToken cancellationToken)
    {
        await _ending.CancelAsync();
        await _renewing.WaitAsync(CancellationToken.None);
        return await _store.TryReleaseAsync(Grant, text, cancellationToken);
    }

    /// <summary>Stops renewing. A lease that was not ended ends by itself.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _renewing.WaitAsync(CancellationToken.None);
        _ending.Dispose();
        _lost.Dispose();
    }

    private TimeSpan Left => (Grant.Duration * 0.9) - _time.GetElapsedTime(_safeSince);

    // The lease counts as lost one tenth of its duration before it can be, by this process's own steady clock.
    private async Task RenewAsync()
    {
        while (Left is { Ticks: > 0 } left && await WaitAsync(left < Grant.Duration / 3 ? left : Grant.Duration / 3))
        {
            var begun = _time.GetTimestamp();
            switch (await TryRenewAsync())
            {
                case true:
                    _safeSince = begun;
                    break;
                case false:
                    await _lost.CancelAsync();
                    return;
            }
        }

        if (!_ending.IsCancellationRequested)
        {
            await _lost.CancelAsync();
        }
    }

    // Null when the store did not tell.
    private async ValueTask<bool?> TryRenewAsync()
    {
        if (Left is not { Ticks: > 0 } left)
        {
            return null;
        }

        using var limit = new CancellationTokenSource(left, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _ending.Token);
        try
        {
            return await _store.TryRenewAsync(Grant, either.Token);
        }
        catch (Exception exception) when (exception is LeaseException or OperationCanceledException)
        {
            return null;
        }
    }

    private async ValueTask<bool> WaitAsync(TimeSpan time)
    {
        try
        {
            await Task.Delay(time, _time, _ending.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
