namespace Serverless.Components.State.InMemory;

/// <content>Removing expired entries.</content>
internal sealed partial class InMemoryStateStore
{
    private const int PurgeSize = 1000;

    // Entries that expire close together go together; a timer can't wait for ever.
    private static readonly TimeSpan ShortestDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromDays(1);

    private void ExpectExpiry(string key, StateEntry entry)
    {
        if (entry.ExpiresAt is { } expiresAt)
        {
            _expiries.Add(key, entry.ETag, expiresAt);
            SchedulePurge();
        }
    }

    private void SchedulePurge()
    {
        if (_expiries.Next is { } due && due < _purgeAt)
        {
            _purgeAt = due;
            var delay = due - _time.GetUtcNow();
            _purge.Change(delay < ShortestDelay ? ShortestDelay : delay > LongestDelay ? LongestDelay : delay, Timeout.InfiniteTimeSpan);
        }
    }

    private void Purge()
    {
        var now = _time.GetUtcNow();
        while (PurgeSome(now))
        {
        }
    }

    private bool PurgeSome(DateTimeOffset now)
    {
        lock (_writing)
        {
            for (var i = 0; i < PurgeSize; i++)
            {
                if (!_expiries.TryTake(now, out var key))
                {
                    _purgeAt = DateTimeOffset.MaxValue;
                    SchedulePurge();
                    return false;
                }

                _cells.TryRemove(key, out _);
            }
        }

        // Writers get a turn.
        return true;
    }
}
