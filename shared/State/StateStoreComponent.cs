using Serverless.Components.Registry;

namespace Serverless.Components.State;

/// <summary>A state store with the settings that the runtime, not the store, applies: key prefix, encryption, actor role.</summary>
public sealed class StateStoreComponent : IComponent
{
    /// <summary>Wraps a store built from <paramref name="context"/>.</summary>
    /// <exception cref="ComponentException">A runtime setting is not usable.</exception>
    public StateStoreComponent(IStateStore store, ComponentContext context)
    {
        Store = store;
        Context = context;
        Name = context.Name;
        KeyPrefix = StateKeyPrefix.Parse(context);
        Encryption = StateEncryption.Create(context);
        IsActorStateStore = DaprText.IsTruthy(context.Metadata.Value("actorStateStore"));
        var features = store.Capabilities;
        Capabilities = features.Contains("ETAG") && features.Contains("TRANSACTIONAL") ? [.. features, "ACTOR"] : features;
    }

    /// <summary>What the store was built from, for whoever keeps something else in the same place.</summary>
    public ComponentContext Context { get; }

    /// <summary>The component's name.</summary>
    public string Name { get; }

    /// <summary>The store.</summary>
    public IStateStore Store { get; }

    /// <summary>The store if it can do transactions, else null.</summary>
    public ITransactionalStateStore? Transactional => Store as ITransactionalStateStore;

    /// <summary>Turns users' keys into stored keys.</summary>
    public StateKeyPrefix KeyPrefix { get; }

    /// <summary>Encrypts and decrypts values, or null when no key is configured.</summary>
    public StateEncryption? Encryption { get; }

    /// <summary>True for the store that actors and workflows use (<c>actorStateStore: "true"</c>).</summary>
    public bool IsActorStateStore { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Capabilities { get; }

    /// <inheritdoc/>
    public string? Storage => Store.Storage;

    /// <inheritdoc/>
    public Task InitializeAsync(CancellationToken cancellationToken) => Store.InitializeAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Store.DisposeAsync();
}
