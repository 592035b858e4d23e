using Serverless.Components.Registry;
using Serverless.Components.Registry.Leases;

namespace Serverless.Components.State;

/// <summary>Leases in a state store with ETags: one entry each, changed only as it was read.</summary>
/// <remarks>
/// A lease ends by the clocks of those who ask, so clocks that differ by more than a lease lasts can let two have it at once; what they
/// write stays fenced. No user's key can hold the separator, so none meets these.
/// </remarks>
internal sealed class StateLeaseStore(ComponentRegistry? registry, string component, string appId, TimeProvider time) : ILeaseStore
{
    private const string Prefix = "dapr-leases";

    // A change meets another only when a renewal that was given up is still under way.
    private const int Attempts = 5;
    private static readonly StateOptions Conditional = new("first-write", "strong");

    public ValueTask<LeaseState?> ReadAsync(string name, CancellationToken cancellationToken) => WithStoreAsync(
        async store => await FindAsync(store, name, cancellationToken) is { } found
            ? new LeaseState(found.Text, found.Token, found.IsHeld(time.GetUtcNow()) ? found.Until : null)
            : null,
        cancellationToken);

    public ValueTask<LeaseGrant?> TryTakeAsync(string name, Guid holder, TimeSpan duration, CancellationToken cancellationToken) => WithStoreAsync(
        async store =>
        {
            var found = await FindAsync(store, name, cancellationToken);
            var (now, last) = (time.GetUtcNow(), found ?? StateLeaseRecord.None);
            if (last.IsHeld(now) && last.Holder != holder)
            {
                return null;
            }

            var result = await WriteAsync(store, name, last with { Holder = holder, Until = now + duration, Token = last.Token + 1 }, cancellationToken);
            return result.Outcome == StateOutcome.Done ? new LeaseGrant(name, holder, last.Token + 1, duration, last.Text)
                : found is not null || await FindAsync(store, name, cancellationToken) is not null ? (LeaseGrant?)null
                : throw new LeaseException($"{component}: {result.Message}");
        },
        cancellationToken);

    public ValueTask<bool> TryRenewAsync(LeaseGrant grant, CancellationToken cancellationToken) =>
        ChangeAsync(grant, held => held with { Until = time.GetUtcNow() + grant.Duration }, cancellationToken);

    public ValueTask<bool> TryReleaseAsync(LeaseGrant grant, string? text, CancellationToken cancellationToken) =>
        ChangeAsync(grant, held => held with { Holder = null, Until = default, Text = text ?? held.Text }, cancellationToken);

    private ValueTask<bool> ChangeAsync(LeaseGrant grant, Func<StateLeaseRecord, StateLeaseRecord> change, CancellationToken cancellationToken) => WithStoreAsync(
        async store =>
        {
            for (var attempt = 0; attempt < Attempts; attempt++)
            {
                if (await FindAsync(store, grant.Name, cancellationToken) is not { } found || found.Token != grant.Token)
                {
                    return false;
                }

                var changed = change(found);
                if (found.Holder is null)
                {
                    // Ended under this token: by this very change, if it is that, before its answer was lost.
                    return changed == found;
                }

                if ((await WriteAsync(store, grant.Name, changed, cancellationToken)).Outcome == StateOutcome.Done)
                {
                    return true;
                }
            }

            throw new LeaseException($"{component}: the lease {grant.Name} changes all the time");
        },
        cancellationToken);

    private string KeyOf(string name) => $"{Prefix}{StateKeyPrefix.Separator}{appId}.{name}";

    private async ValueTask<StateLeaseRecord?> FindAsync(IStateStore store, string name, CancellationToken cancellationToken) =>
        await store.GetAsync(new StateGet(KeyOf(name), Conditional.Consistency, StateMetadata.Empty), cancellationToken) is { } entry ? StateLeaseRecord.Read(entry) : null;

    private ValueTask<StateResult> WriteAsync(IStateStore store, string name, StateLeaseRecord record, CancellationToken cancellationToken) =>
        store.SetAsync(new StateSet { Key = KeyOf(name), Value = record.ToJson(), ETag = record.ETag, Options = Conditional }, cancellationToken);

    private async ValueTask<T> WithStoreAsync<T>(Func<IStateStore, ValueTask<T>> call, CancellationToken cancellationToken)
    {
        if (registry?.TryAcquire<StateStoreComponent>(component, out var lease) is not true)
        {
            throw new LeaseException($"there is no state store {component}");
        }

        using var held = lease;
        var store = held.Component.Store;
        if (!store.Capabilities.Contains("ETAG"))
        {
            throw new LeaseException($"state store {component} has no ETags");
        }

        try
        {
            return await call(store);
        }
        catch (Exception exception) when (exception is not LeaseException && !cancellationToken.IsCancellationRequested)
        {
            throw new LeaseException($"state store {component}: {exception.Message}", exception);
        }
    }
}
