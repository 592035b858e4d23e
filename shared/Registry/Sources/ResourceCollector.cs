using Serverless.Components.Registry.Resources;

namespace Serverless.Components.Registry.Sources;

/// <summary>Merges the files of one source into one table: scoping, duplicates, and last good documents of damaged files.</summary>
/// <param name="host">The app that the resources must be meant for.</param>
internal sealed class ResourceCollector(ComponentHost host)
{
    private readonly Dictionary<ResourceKey, Resource> _resources = [];
    private readonly List<Resource> _lastGood = [];

    /// <summary>The first file that could not be read, or null.</summary>
    public string? Fault { get; private set; }

    /// <summary>The first document that is damaged, or null.</summary>
    public string? Damage { get; private set; }

    /// <summary>Adds a file's resources.</summary>
    /// <exception cref="ComponentException">A name is taken already.</exception>
    public void Add(ResourceFile file)
    {
        Damage ??= file.Damage;
        foreach (var parsed in file.Resources)
        {
            var resource = parsed.Resource;

            // As in Dapr the name is checked before the scope, so a second document clashes even when it is meant for another app.
            if (_resources.TryGetValue(resource.Key, out var other))
            {
                throw new ComponentException($"duplicate definition of {resource.Key.Kind} name {resource.Key.Name}: in {other.Origin} and in {resource.Origin}");
            }

            if (parsed.IsFor(host.AppId, host.Namespace))
            {
                _resources.Add(resource.Key, resource);
            }
        }
    }

    /// <summary>Notes a file that can't be read.</summary>
    public void AddUnreadable(string fault) => Fault ??= fault;

    /// <summary>Keeps what a file that is damaged or unreadable now gave before.</summary>
    public void KeepLastGood(IEnumerable<Resource> known, string origin) => _lastGood.AddRange(known.Where(resource => resource.Origin == origin));

    /// <summary>Everything collected; what was only kept gives way to what another file defines by now.</summary>
    public Dictionary<ResourceKey, Resource> Finish()
    {
        foreach (var resource in _lastGood)
        {
            _resources.TryAdd(resource.Key, resource);
        }

        return _resources;
    }
}
