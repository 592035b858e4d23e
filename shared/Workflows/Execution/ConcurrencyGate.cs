namespace Serverless.Components.Workflows.Execution;

/// <summary>Lets so many in at a time, altogether and of each name, in the order in which they came. Limits may change at any time.</summary>
/// <param name="limits">The present limits; 0 or less for none.</param>
internal sealed class ConcurrencyGate(Func<ConcurrencyLimits> limits)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _inside = new(StringComparer.Ordinal);
    private readonly LinkedList<Waiter> _waiting = new();
    private int _total;

    /// <summary>Waits for a place.</summary>
    public ValueTask EnterAsync(string name, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (IsFree(name, limits()))
            {
                Admit(name);
                return ValueTask.CompletedTask;
            }

            var waiter = new Waiter(name);
            var node = _waiting.AddLast(waiter);
            waiter.Cancellation = cancellationToken.UnsafeRegister(_ => Abandon(node, cancellationToken), null);
            return new ValueTask(waiter.Task);
        }
    }

    /// <summary>Gives a place back.</summary>
    public void Exit(string name)
    {
        lock (_gate)
        {
            _total--;
            if ((_inside[name] -= 1) == 0)
            {
                _inside.Remove(name);
            }

            AdmitWaiting();
        }
    }

    /// <summary>Whether so many of a name wait already that more of it would only take the room of others.</summary>
    public bool IsCrowded(string name)
    {
        if (!limits().ByName.TryGetValue(name, out var limit) || limit <= 0)
        {
            return false;
        }

        lock (_gate)
        {
            var waiting = 0;
            foreach (var waiter in _waiting)
            {
                waiting += waiter.Name == name ? 1 : 0;
            }

            return waiting >= limit;
        }
    }

    private bool IsFree(string name, ConcurrencyLimits present) =>
        (present.Total <= 0 || _total < present.Total)
        && (present.ByName.Count == 0 || !present.ByName.TryGetValue(name, out var limit) || limit <= 0 || _inside.GetValueOrDefault(name) < limit);

    private void Admit(string name)
    {
        _total++;
        _inside[name] = _inside.GetValueOrDefault(name) + 1;
    }

    private void AdmitWaiting()
    {
        var present = limits();
        for (var node = _waiting.First; node is not null && (present.Total <= 0 || _total < present.Total);)
        {
            var next = node.Next;
            if (IsFree(node.Value.Name, present))
            {
                _waiting.Remove(node);
                Admit(node.Value.Name);
                node.Value.Cancellation.Unregister();
                node.Value.SetResult();
            }

            node = next;
        }
    }

    private void Abandon(LinkedListNode<Waiter> node, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (node.List is not null)
            {
                _waiting.Remove(node);
                node.Value.SetCanceled(cancellationToken);
            }
        }
    }

    private sealed class Waiter(string name) : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public string Name => name;

        public CancellationTokenRegistration Cancellation { get; set; }
    }
}
