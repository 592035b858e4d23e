using Serverless.Components.Workflows.History;

namespace Serverless.Components.Workflows.Engine;

/// <summary>External events that nobody took yet, and waits that have none yet: first come, first served, by name in any case.</summary>
internal sealed class ExternalEvents
{
    private readonly Dictionary<string, Queue<(long Order, EventRaised Event)>> _events = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, LinkedList<PendingTask>> _waits = new(StringComparer.OrdinalIgnoreCase);
    private long _arrivals;

    /// <summary>How many waits there are.</summary>
    public int Waits { get; private set; }

    /// <summary>An event arrives; gives the wait that it ends, or null when it is kept.</summary>
    public PendingTask? Arrive(EventRaised arrived)
    {
        if (_waits.TryGetValue(arrived.Name, out var waits) && waits.First is { } first)
        {
            waits.RemoveFirst();
            Waits--;
            return first.Value;
        }

        Of(_events, arrived.Name).Enqueue((_arrivals++, arrived));
        return null;
    }

    /// <summary>A wait begins; gives the event that ends it at once, or null.</summary>
    public EventRaised? Take(string name, PendingTask wait)
    {
        if (_events.TryGetValue(name, out var events) && events.TryDequeue(out var first))
        {
            return first.Event;
        }

        Of(_waits, name).AddLast(wait);
        Waits++;
        return null;
    }

    /// <summary>A wait is given up.</summary>
    public bool GiveUp(string name, PendingTask wait)
    {
        var removed = _waits.TryGetValue(name, out var waits) && waits.Remove(wait);
        Waits -= removed ? 1 : 0;
        return removed;
    }

    /// <summary>What nobody took, in the order of arrival.</summary>
    public IEnumerable<EventRaised> Untaken() => _events.Values.SelectMany(queue => queue).OrderBy(item => item.Order).Select(item => item.Event);

    private static TValue Of<TValue>(Dictionary<string, TValue> all, string name)
        where TValue : new()
    {
        if (!all.TryGetValue(name, out var found))
        {
            all.Add(name, found = new TValue());
        }

        return found;
    }
}
