using Serverless.Components.Registry.Live;
using Serverless.Components.Registry.Resources;
using Serverless.Components.Registry.Sources;

namespace Serverless.Components.Registry.Loading;

/// <summary>Decides which components a batch of events loads anew, and loads them so that secret stores come before who needs them.</summary>
internal sealed class LoadPlan
{
    private readonly LiveView _view;
    private readonly HashSet<ResourceKey> _deleted;
    private readonly Dictionary<string, ComponentDefinition> _pending;

    public LoadPlan(LiveView view, IReadOnlyList<ResourceEvent> events)
    {
        _view = view;
        _deleted = [.. events.Where(change => change.Kind == ResourceEventKind.Deleted).Select(change => change.Key)];
        _pending = events.Select(change => change.Resource).OfType<ComponentDefinition>()
            .ToDictionary(definition => definition.Key.Name, StringComparer.Ordinal);
        AddDependents();
        Configuration = RuntimeConfiguration.Merge(Configurations(events).OrderBy(configuration => configuration.Rank).ThenBy(configuration => configuration.Key.Name, StringComparer.Ordinal));
    }

    /// <summary>The configuration as it will be after the events.</summary>
    public RuntimeConfiguration Configuration { get; }

    /// <summary>True when nothing has to be loaded.</summary>
    public bool IsEmpty => _pending.Count == 0;

    /// <summary>Loads everything, in dependency order, independent components side by side.</summary>
    public async Task<Dictionary<string, LoadOutcome>> LoadAsync(ComponentLoader loader, CancellationToken cancellationToken)
    {
        var loaded = new Dictionary<string, LoadOutcome>(StringComparer.Ordinal);
        var denied = Configuration.DeniedComponents ?? [];
        while (_pending.Count > 0)
        {
            var ready = _pending.Values.Where(definition => !_pending.ContainsKey(definition.SecretStore)).ToList();
            if (ready.Count == 0)
            {
                foreach (var definition in _pending.Values)
                {
                    loaded[definition.Key.Name] = new LoadOutcome(definition, null, $"component '{definition.Key.Name}': auth.secretStore refers to itself in a circle (store '{definition.SecretStore}')");
                }

                break;
            }

            foreach (var outcome in await Task.WhenAll(ready.Select(definition => loader.LoadAsync(definition, SecretStore(definition, loaded), denied, cancellationToken))))
            {
                loaded[outcome.Definition.Key.Name] = outcome;
                _pending.Remove(outcome.Definition.Key.Name);
            }
        }

        return loaded;
    }

    private IComponent? SecretStore(ComponentDefinition definition, Dictionary<string, LoadOutcome> loaded)
    {
        var name = definition.SecretStore;
        return loaded.TryGetValue(name, out var fresh) && fresh.Instance is not null ? fresh.Instance
            : _deleted.Contains(new ResourceKey(ResourceKey.Component, name)) ? null
            : _view.Component(name)?.Instance;
    }

    // A changed secret store changes what its users resolved; users that failed for want of it get their chance.
    private void AddDependents()
    {
        var grown = true;
        while (grown)
        {
            grown = false;
            foreach (var live in _view.Components)
            {
                var definition = live.Definition;
                if (_pending.ContainsKey(definition.SecretStore)
                    && definition.Metadata.Any(item => item.SecretName is not null)
                    && !_deleted.Contains(definition.Key)
                    && _pending.TryAdd(definition.Key.Name, definition))
                {
                    grown = true;
                }
            }
        }
    }

    private IEnumerable<RuntimeConfiguration> Configurations(IReadOnlyList<ResourceEvent> events)
    {
        var changed = events.Select(change => change.Key).ToHashSet();
        return _view.Resources.Values.Select(entry => entry.Resource).Where(resource => !changed.Contains(resource.Key))
            .Concat(events.Select(change => change.Resource).OfType<Resource>())
            .OfType<RuntimeConfiguration>();
    }
}
