namespace Serverless.Functions.Health;

/// <summary>Named parts of the process that must be ready.</summary>
/// <remarks>Dapr: pkg/healthz. Ready means at least one target and none unready.</remarks>
internal sealed class HealthTargets
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, bool> _targets = new(StringComparer.Ordinal);
    private volatile bool _isReady;

    /// <summary>True when at least one target is registered and all are ready.</summary>
    public bool IsReady => _isReady;

    /// <summary>Names of the unready targets, sorted.</summary>
    public IReadOnlyList<string> Unready
    {
        get
        {
            lock (_gate)
            {
                return [.. _targets.Where(target => !target.Value).Select(target => target.Key).Order(StringComparer.Ordinal)];
            }
        }
    }

    /// <summary>Sets a target's readiness, registering it when needed.</summary>
    public void Set(string name, bool ready)
    {
        lock (_gate)
        {
            _targets[name] = ready;
            _isReady = !_targets.ContainsValue(false);
        }
    }
}
