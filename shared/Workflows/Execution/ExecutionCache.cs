namespace Serverless.Components.Workflows.Execution;

/// <summary>Instances between their turns, so that a turn needs no history; the longest unused give way.</summary>
/// <remarks>Being here is never needed for being right: a commit tells when what is here is old.</remarks>
internal sealed class ExecutionCache(int mostInstances, long mostBytes)
{
    // What an execution takes besides its events: its workflow's state machine and the tasks it waits for.
    private const int BaseBytes = 2048;

    // Events in memory are larger than encoded ones.
    private const int Growth = 3;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, LinkedListNode<LiveInstance>> _instances = new(StringComparer.Ordinal);
    private readonly LinkedList<LiveInstance> _byUse = new();
    private long _bytes;

    /// <summary>How many are here.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _instances.Count;
            }
        }
    }

    /// <summary>Takes an instance out; null when it is not here.</summary>
    public LiveInstance? Take(string instanceId)
    {
        lock (_gate)
        {
            return _instances.TryGetValue(instanceId, out var node) ? Remove(node) : null;
        }
    }

    /// <summary>Puts an instance in, in the place of any other of its id.</summary>
    public void Put(LiveInstance instance)
    {
        lock (_gate)
        {
            if (_instances.TryGetValue(instance.Record.InstanceId, out var present))
            {
                Remove(present);
            }

            if (SizeOf(instance) > mostBytes)
            {
                return;
            }

            _instances[instance.Record.InstanceId] = _byUse.AddLast(instance);
            _bytes += SizeOf(instance);
            while (_bytes > mostBytes || _instances.Count > mostInstances)
            {
                Remove(_byUse.First!);
            }
        }
    }

    private static long SizeOf(LiveInstance instance) => BaseBytes + (instance.HistoryBytes * Growth);

    private LiveInstance Remove(LinkedListNode<LiveInstance> node)
    {
        _byUse.Remove(node);
        _instances.Remove(node.Value.Record.InstanceId);
        _bytes -= SizeOf(node.Value);
        return node.Value;
    }
}
