using System.Collections.Concurrent;

namespace Serverless.Functions.Health;

/// <summary>Named parts of the process that must be ready; each starts unready.</summary>
/// <remarks>Dapr: pkg/healthz. Ready means at least one target and none unready.</remarks>
public sealed class HealthTargets
{
    private readonly ConcurrentDictionary<string, bool> _targets = new(StringComparer.Ordinal);

    /// <summary>True when at least one target is registered and all are ready.</summary>
    public bool IsReady => !_targets.IsEmpty && _targets.Values.All(ready => ready);

    /// <summary>Names of the unready targets, sorted.</summary>
    public IReadOnlyList<string> Unready => [.. _targets.Where(target => !target.Value).Select(target => target.Key).Order(StringComparer.Ordinal)];

    /// <summary>Registers a target, unready unless it is there already.</summary>
    public void Add(string name) => _targets.TryAdd(name, false);

    /// <summary>Sets a target's readiness, registering it when needed.</summary>
    public void Set(string name, bool ready) => _targets[name] = ready;
}
