using System.Collections.Concurrent;

namespace Serverless.Components.Workflows.Execution;

/// <summary>Instances of which another process has just committed a turn: results for them go to the inbox for a while, instead of competing.</summary>
internal sealed class SharedInstances(TimeProvider time)
{
    private const int Most = 1000;
    private static readonly TimeSpan While = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, DateTimeOffset> _until = new(StringComparer.Ordinal);

    /// <summary>Notes one.</summary>
    public void Add(string instanceId)
    {
        // Knowing them only saves work.
        if (_until.Count >= Most)
        {
            _until.Clear();
        }

        _until[instanceId] = time.GetUtcNow() + While;
    }

    /// <summary>Whether it is one.</summary>
    public bool Contains(string instanceId)
    {
        if (_until.IsEmpty || !_until.TryGetValue(instanceId, out var until))
        {
            return false;
        }

        if (until > time.GetUtcNow())
        {
            return true;
        }

        _until.TryRemove(KeyValuePair.Create(instanceId, until));
        return false;
    }
}
