using Serverless.Components.Registry;
using Serverless.Components.Registry.Leases;

namespace Serverless.Components.State;

/// <summary>Leases in the state stores of a registry; where no store is named, in the one that is marked <c>actorStateStore</c>.</summary>
/// <param name="appId">Keeps the leases of different apps apart.</param>
/// <param name="time">The clock by which leases end.</param>
public sealed class StateLeases(string appId, TimeProvider time) : ILeaseStores
{
    private ComponentRegistry? _registry;

    /// <inheritdoc/>
    public ILeaseStore? FindDefault() => Volatile.Read(ref _registry)?.Live.View.Components
        .FirstOrDefault(live => live.Instance is StateStoreComponent { IsActorStateStore: true })?.Definition.Key.Name is { } name ? Named(name) : null;

    /// <summary>Says where the state stores are; before that there are none.</summary>
    public void UseStoresOf(ComponentRegistry registry) => Volatile.Write(ref _registry, registry);

    /// <inheritdoc/>
    public ILeaseStore Named(string component) => new StateLeaseStore(Volatile.Read(ref _registry), component, appId, time);
}
