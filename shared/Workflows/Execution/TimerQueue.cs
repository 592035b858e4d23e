using Serverless.Components.Workflows.Storage;

namespace Serverless.Components.Workflows.Execution;

/// <summary>Owned items that are not due yet.</summary>
internal sealed class TimerQueue : IDisposable
{
    // Timers of the runtime are this fine; waking twice for one item would be for nothing.
    private static readonly TimeSpan Grain = TimeSpan.FromMilliseconds(1);

    private readonly Lock _gate = new();
    private readonly PriorityQueue<(string Instance, string Work), DateTimeOffset> _byDue = new();
    private readonly Dictionary<string, Dictionary<string, WorkItem>> _items = new(StringComparer.Ordinal);
    private readonly TimeProvider _time;
    private readonly Action<WorkItem> _fire;
    private readonly ITimer _timer;
    private DateTimeOffset _next = DateTimeOffset.MaxValue;
    private int _count;

    /// <summary>Creates it.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="fire">Takes an item that is due.</param>
    public TimerQueue(TimeProvider time, Action<WorkItem> fire)
    {
        (_time, _fire) = (time, fire);
        _timer = time.CreateTimer(static state => ((TimerQueue)state!).FireDue(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>How many wait.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _count;
            }
        }
    }

    /// <summary>Adds an item.</summary>
    public void Add(WorkItem item)
    {
        lock (_gate)
        {
            if (!_items.TryGetValue(item.InstanceId, out var items))
            {
                _items[item.InstanceId] = items = new(StringComparer.Ordinal);
            }

            if (items.TryAdd(item.WorkId, item))
            {
                _count++;
                _byDue.Enqueue((item.InstanceId, item.WorkId), item.Due);
                Arm();
            }
        }
    }

    /// <summary>Forgets one item.</summary>
    public void Remove(string instanceId, string workId)
    {
        lock (_gate)
        {
            Take(instanceId, workId);
        }
    }

    /// <summary>Forgets all items of an instance.</summary>
    public void Remove(string instanceId)
    {
        lock (_gate)
        {
            _count -= _items.Remove(instanceId, out var items) ? items.Count : 0;
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _items.Clear();
            _byDue.Clear();
            _count = 0;
        }

        _timer.Dispose();
    }

    private WorkItem? Take(string instanceId, string workId)
    {
        if (!_items.TryGetValue(instanceId, out var items) || !items.Remove(workId, out var item))
        {
            return null;
        }

        _count--;
        if (items.Count == 0)
        {
            _items.Remove(instanceId);
        }

        return item;
    }

    private void FireDue()
    {
        var due = new List<WorkItem>();
        lock (_gate)
        {
            _next = DateTimeOffset.MaxValue;
            var now = _time.GetUtcNow();
            while (_byDue.TryPeek(out var id, out var at) && at <= now)
            {
                _byDue.Dequeue();
                if (Take(id.Instance, id.Work) is { } item)
                {
                    due.Add(item);
                }
            }

            Arm();
        }

        due.ForEach(_fire);
    }

    private void Arm()
    {
        if (_byDue.TryPeek(out _, out var at) && at < _next)
        {
            _next = at;
            var wait = at - _time.GetUtcNow();
            _timer.Change(wait > Grain ? wait : Grain, Timeout.InfiniteTimeSpan);
        }
    }
}
