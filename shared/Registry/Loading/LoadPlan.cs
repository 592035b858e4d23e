using Serverless.Components.Registry.Live;
using Serverless.Components.Registry.Resources;

namespace Serverless.Components.Registry.Loading;

/// <summary>What must happen for the live set to become what the sources want; loads components so that secret stores come first.</summary>
/// <remarks>
/// It compares states, not events: a component that failed to load is wanted still and is tried again, and a text that is running
/// already is left alone.
/// </remarks>
internal sealed class LoadPlan
{
    private readonly LiveView _view;
    private readonly IReadOnlyDictionary<ResourceKey, Resource> _wanted;
    private readonly Dictionary<string, ComponentDefinition> _pending;
    private readonly HashSet<string> _dependents = new(StringComparer.Ordinal);

    /// <param name="view">What is live.</param>
    /// <param name="wanted">What the sources want.</param>
    /// <param name="touched">What a batch spoke of; null means to try everything that is not as wanted.</param>
    public LoadPlan(LiveView view, IReadOnlyDictionary<ResourceKey, Resource> wanted, HashSet<ResourceKey>? touched)
    {
        _view = view;
        _wanted = wanted;
        Deleted = [.. view.Resources.Keys.Where(key => !wanted.ContainsKey(key))];
        Configurations = [.. wanted.Values.OfType<RuntimeConfiguration>().Where(resource => !IsLive(resource))];
        _pending = wanted.Values.OfType<ComponentDefinition>()
            .Where(definition => !IsLive(definition) && touched?.Contains(definition.Key) != false)
            .ToDictionary(definition => definition.Key.Name, StringComparer.Ordinal);
        AddDependents();
    }

    /// <summary>Live resources that are wanted no more.</summary>
    public IReadOnlyList<ResourceKey> Deleted { get; }

    /// <summary>Configurations that are new or changed.</summary>
    public IReadOnlyList<RuntimeConfiguration> Configurations { get; }

    /// <summary>The components that are to change.</summary>
    public IEnumerable<string> Components => _pending.Keys.Concat(Deleted.Where(key => key.Kind == ResourceKey.Component).Select(key => key.Name));

    /// <summary>True when the live set is what is wanted.</summary>
    public bool IsEmpty => _pending.Count == 0 && Deleted.Count == 0 && Configurations.Count == 0;

    /// <summary>Whether the component runs as it is wanted.</summary>
    public bool Runs(string component) =>
        _wanted.TryGetValue(new ResourceKey(ResourceKey.Component, component), out var resource) && IsLive(resource);

    /// <summary>Loads everything, in dependency order, independent components side by side.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; what had been loaded is disposed.</exception>
    public async Task<Dictionary<string, LoadOutcome>> LoadAsync(ComponentLoader loader, CancellationToken deadline, CancellationToken cancellationToken)
    {
        var loaded = new Dictionary<string, LoadOutcome>(StringComparer.Ordinal);
        var denied = Denied();
        while (_pending.Count > 0)
        {
            RemoveSpared(loaded);
            var ready = _pending.Values.Where(definition => !Waits(definition)).ToList();
            if (ready.Count == 0)
            {
                // Nothing left, or a circle.
                foreach (var definition in _pending.Values)
                {
                    loaded[definition.Key.Name] = new LoadOutcome(definition, null, $"component '{definition.Key.Name}': auth.secretStore refers to itself in a circle (store '{definition.SecretStore}')");
                }

                break;
            }

            foreach (var outcome in await Task.WhenAll(ready.Select(definition => loader.LoadAsync(definition, SecretStore(definition, loaded), denied, deadline, cancellationToken))))
            {
                loaded[outcome.Definition.Key.Name] = outcome;
                _pending.Remove(outcome.Definition.Key.Name);
            }

            if (cancellationToken.IsCancellationRequested)
            {
                await loader.DisposeAsync(loaded.Values);
                cancellationToken.ThrowIfCancellationRequested();
            }
        }

        return loaded;
    }

    private bool IsLive(Resource resource) =>
        _view.Resources.TryGetValue(resource.Key, out var entry) && entry.Resource.Hash == resource.Hash && entry.Component is null or { Instance: not null };

    private bool Waits(ComponentDefinition definition) => definition.NeedsSecretStore && _pending.ContainsKey(definition.SecretStore);

    private IComponent? SecretStore(ComponentDefinition definition, Dictionary<string, LoadOutcome> loaded)
    {
        var name = definition.SecretStore;
        return loaded.TryGetValue(name, out var fresh) && fresh.Instance is not null ? fresh.Instance
            : _wanted.ContainsKey(new ResourceKey(ResourceKey.Component, name)) ? _view.Component(name)?.Instance
            : null;
    }

    // A changed secret store changes what its users resolved.
    private void AddDependents()
    {
        for (var grown = _pending.Count > 0; grown;)
        {
            grown = false;
            foreach (var definition in _wanted.Values.OfType<ComponentDefinition>())
            {
                if (definition.NeedsSecretStore && _pending.ContainsKey(definition.SecretStore) && _pending.TryAdd(definition.Key.Name, definition))
                {
                    _dependents.Add(definition.Key.Name);
                    grown = true;
                }
            }
        }
    }

    // Where the secret store itself failed, its users go on with what they have.
    private void RemoveSpared(Dictionary<string, LoadOutcome> loaded)
    {
        foreach (var name in _dependents)
        {
            if (_pending.TryGetValue(name, out var definition) && !_pending.ContainsKey(definition.SecretStore)
                && loaded.GetValueOrDefault(definition.SecretStore)?.Instance is null)
            {
                _pending.Remove(name);
            }
        }
    }

    private IReadOnlyList<string> Denied() => RuntimeConfiguration.Merge(_wanted.Values.OfType<RuntimeConfiguration>()).DeniedComponents ?? [];
}
