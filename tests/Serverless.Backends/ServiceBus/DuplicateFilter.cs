namespace Serverless.Backends.ServiceBus;

/// <summary>Remembers the ids of messages for a while; without a window it remembers none.</summary>
internal sealed class DuplicateFilter(TimeSpan? window, TimeProvider time)
{
    private readonly Dictionary<string, DateTimeOffset> _seen = new(StringComparer.Ordinal);

    /// <summary>False for an id that was there within the window.</summary>
    public bool Admit(string messageId)
    {
        if (window is null)
        {
            return true;
        }

        var now = time.GetUtcNow();
        if (_seen.TryGetValue(messageId, out var last) && last + window > now)
        {
            return false;
        }

        _seen[messageId] = now;
        return true;
    }
}
