namespace Serverless.Components.State.InMemory;

/// <summary>Which entry expires when, the soonest first. Used under the store's lock.</summary>
/// <param name="isCurrent">Tells whether a key still has the entry of that ETag.</param>
internal sealed class InMemoryExpiries(Func<string, string?, bool> isCurrent)
{
    private const int LeastLimit = 256;

    // An entry is known by its ETag: a reference would keep overwritten values alive.
    private readonly PriorityQueue<(string Key, string? ETag), DateTimeOffset> _queue = new();
    private int _limit = LeastLimit;

    public int Count => _queue.Count;

    /// <summary>When the next one is due, or null.</summary>
    public DateTimeOffset? Next => _queue.TryPeek(out _, out var due) ? due : null;

    public void Add(string key, string? etag, DateTimeOffset due)
    {
        if (_queue.Count == _limit)
        {
            DropOverwritten();
        }

        _queue.Enqueue((key, etag), due);
    }

    /// <summary>Takes the next one that is due.</summary>
    public bool TryTake(DateTimeOffset now, out string key)
    {
        while (_queue.TryPeek(out var entry, out var due) && due <= now)
        {
            _queue.Dequeue();
            if (isCurrent(entry.Key, entry.ETag))
            {
                key = entry.Key;
                return true;
            }
        }

        key = "";
        return false;
    }

    // A key that is written again and again would otherwise fill the queue.
    private void DropOverwritten()
    {
        var current = _queue.UnorderedItems.Where(item => isCurrent(item.Element.Key, item.Element.ETag)).ToList();
        _queue.Clear();
        _queue.EnqueueRange(current);
        _limit = Math.Max(LeastLimit, current.Count * 2);
    }
}
