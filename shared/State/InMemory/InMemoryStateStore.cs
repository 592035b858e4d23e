using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Serverless.Components.State.InMemory;

/// <summary>Keeps state in this process.</summary>
/// <remarks>Dapr docs: reference/components-reference/supported-state-stores/setup-inmemory.</remarks>
internal sealed partial class InMemoryStateStore : ITransactionalStateStore
{
    private readonly ConcurrentDictionary<string, InMemoryCell> _cells = new();
    private readonly Lock _writing = new();
    private readonly string _name;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ITimer _purge;
    private readonly InMemoryExpiries _expiries;
    private DateTimeOffset _purgeAt = DateTimeOffset.MaxValue;

    public InMemoryStateStore(string name, TimeProvider time, ILogger logger)
    {
        _name = name;
        _logger = logger;
        _time = time;
        _expiries = new InMemoryExpiries((key, etag) => _cells.TryGetValue(key, out var cell) && cell.Entry?.ETag == etag);
        _purge = time.CreateTimer(static store => ((InMemoryStateStore)store!).Purge(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public IReadOnlyList<string> Capabilities { get; } = ["ETAG", "TRANSACTIONAL", "TTL", "DELETE_WITH_PREFIX", "KEYS_LIKE"];

    public int? MaxTransactionOperations => null;

    public string? Storage => "memory";

    /// <summary>Keys held, expired ones included.</summary>
    internal int Count => _cells.Count;

    public Task InitializeAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public ValueTask<StateEntry?> GetAsync(StateGet request, CancellationToken cancellationToken) => new(Find(request.Key));

    public ValueTask<StateResult> SetAsync(StateSet request, CancellationToken cancellationToken)
    {
        if (Complaint(request, out var ttl) is { } complaint)
        {
            return new(StateResult.Rejected(complaint));
        }

        var entry = CreateEntry(request, ttl);
        lock (_writing)
        {
            if (Mismatch(request.Key, request.ETag, request.HasETag, request.Options) is { } mismatch)
            {
                return new(StateResult.EtagMismatch(mismatch));
            }

            _cells[request.Key] = new InMemoryCell(entry);
            ExpectExpiry(request.Key, entry);
        }

        return new(StateResult.Done);
    }

    public ValueTask<StateResult> DeleteAsync(StateDelete request, CancellationToken cancellationToken)
    {
        if (request.Options.Complaint is { } complaint)
        {
            return new(StateResult.Rejected(complaint));
        }

        lock (_writing)
        {
            if (Mismatch(request.Key, request.ETag, request.HasETag, request.Options) is { } mismatch)
            {
                return new(StateResult.EtagMismatch(mismatch));
            }

            _cells.TryRemove(request.Key, out _);
        }

        return new(StateResult.Done);
    }

    public ValueTask<StateResult> TransactAsync(StateTransaction transaction, CancellationToken cancellationToken)
    {
        // Later operations win over earlier ones on the same key; null is a deletion.
        var outcome = new Dictionary<string, StateEntry?>();
        foreach (var operation in transaction.Operations)
        {
            TimeSpan? ttl = null;
            if ((operation.Set is { } write ? Complaint(write, out ttl) : operation.Delete!.Options.Complaint) is { } complaint)
            {
                return new(StateResult.Rejected(complaint));
            }

            outcome[operation.Set?.Key ?? operation.Delete!.Key] = operation.Set is { } set ? CreateEntry(set, ttl) : null;
        }

        lock (_writing)
        {
            // Conditions are about the state before the transaction, as in Dapr.
            foreach (var operation in transaction.Operations)
            {
                var mismatch = operation.Set is { } set
                    ? Mismatch(set.Key, set.ETag, set.HasETag, set.Options)
                    : Mismatch(operation.Delete!.Key, operation.Delete.ETag, operation.Delete.HasETag, operation.Delete.Options);
                if (mismatch is not null)
                {
                    return new(StateResult.EtagMismatch(mismatch));
                }
            }

            Apply(outcome);
        }

        return new(StateResult.Done);
    }

    public ValueTask DisposeAsync()
    {
        var now = _time.GetUtcNow();
        var lost = _cells.Count(pair => pair.Value.Entry is { } entry && (entry.ExpiresAt ?? DateTimeOffset.MaxValue) > now);
        if (lost > 0)
        {
            LogLost(_name, lost);
        }

        _cells.Clear();
        return _purge.DisposeAsync();
    }

    private static string? Complaint(StateSet request, out TimeSpan? ttl)
    {
        ttl = null;
        if (request.Options.Complaint is { } complaint)
        {
            return complaint;
        }

        if (!request.Metadata.TryGetValue("ttlInSeconds", out var text) || text.Length == 0)
        {
            return null;
        }

        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds))
        {
            return $"incorrect value for metadata 'ttlInSeconds': '{text}' is not a whole number";
        }

        // Beyond a TimeSpan nothing expires in practice.
        ttl = seconds > 0 && seconds < TimeSpan.MaxValue.TotalSeconds ? TimeSpan.FromSeconds(seconds) : null;
        return null;
    }

    private StateEntry CreateEntry(StateSet request, TimeSpan? ttl)
    {
        var now = _time.GetUtcNow();
        DateTimeOffset? expiresAt = ttl is { } span && span < DateTimeOffset.MaxValue - now ? now + span : null;
        return new StateEntry(request.Value.ToArray(), Guid.NewGuid().ToString(), expiresAt);
    }

    private StateEntry? Find(string key)
    {
        var entry = _cells.TryGetValue(key, out var cell) ? cell.Entry : null;
        return entry?.ExpiresAt is { } expiresAt && expiresAt <= _time.GetUtcNow() ? null : entry;
    }

    private string? Mismatch(string key, string? etag, bool hasETag, StateOptions options)
    {
        if (!hasETag)
        {
            return options.IsFirstWrite && Find(key) is not null ? "item already exists and no etag was passed" : null;
        }

        return Find(key) switch
        {
            null => $"state not exist or expired for key={key}",
            { ETag: var current } when current != etag => $"state etag not match for key={key}: current={current}, expect={etag}",
            _ => null,
        };
    }

    private void Apply(Dictionary<string, StateEntry?> outcome)
    {
        var commit = new InMemoryCommit();
        foreach (var (key, entry) in outcome)
        {
            _cells[key] = new InMemoryCell(entry, Find(key), commit);
        }

        commit.Complete();

        // Settled cells no longer hold the old values.
        foreach (var (key, entry) in outcome)
        {
            if (entry is null)
            {
                _cells.TryRemove(key, out _);
            }
            else
            {
                _cells[key] = new InMemoryCell(entry);
                ExpectExpiry(key, entry);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "component '{Component}' closes: {Entries} entries that it held in memory are lost")]
    private partial void LogLost(string component, int entries);
}
