using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Serverless.Components.State;

namespace Serverless.Tests.Functions.State;

/// <summary>A store that keeps what it is given, numbers its ETags, and can be told to answer something else.</summary>
internal sealed class FakeStateStore : ITransactionalStateStore
{
    private int _version;

    public ConcurrentDictionary<string, StateEntry> Entries { get; } = new();

    public ConcurrentQueue<StateGet> Gets { get; } = new();

    public ConcurrentQueue<StateSet> Sets { get; } = new();

    public ConcurrentQueue<StateDelete> Deletes { get; } = new();

    public ConcurrentQueue<StateTransaction> Transactions { get; } = new();

    public Func<StateGet, StateEntry?>? OnGet { get; set; }

    public Func<StateSet, StateResult>? OnSet { get; set; }

    public Func<StateDelete, StateResult>? OnDelete { get; set; }

    public Func<StateTransaction, StateResult>? OnTransact { get; set; }

    public Func<CancellationToken, Task>? BeforeGet { get; set; }

    public IReadOnlyList<string> Capabilities { get; set; } = ["ETAG", "TRANSACTIONAL", "TTL"];

    public int? MaxTransactionOperations { get; set; }

    public Task InitializeAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public void Put(string key, string value, string? etag = "1", DateTimeOffset? expiresAt = null) =>
        Entries[key] = new StateEntry(Encoding.UTF8.GetBytes(value), etag, expiresAt);

    public string? Text(string key) => Entries.TryGetValue(key, out var entry) ? Encoding.UTF8.GetString(entry.Value.Span) : null;

    public async ValueTask<StateEntry?> GetAsync(StateGet request, CancellationToken cancellationToken)
    {
        Gets.Enqueue(request);
        if (BeforeGet is not null)
        {
            await BeforeGet(cancellationToken);
        }

        return OnGet is not null ? OnGet(request) : Entries.GetValueOrDefault(request.Key);
    }

    public ValueTask<StateResult> SetAsync(StateSet request, CancellationToken cancellationToken)
    {
        Sets.Enqueue(request);
        var result = OnSet?.Invoke(request) ?? StateResult.Done;
        if (result.Outcome == StateOutcome.Done)
        {
            var etag = Interlocked.Increment(ref _version).ToString(CultureInfo.InvariantCulture);
            Entries[request.Key] = new StateEntry(request.Value, etag);
        }

        return ValueTask.FromResult(result);
    }

    public ValueTask<StateResult> DeleteAsync(StateDelete request, CancellationToken cancellationToken)
    {
        Deletes.Enqueue(request);
        Entries.TryRemove(request.Key, out _);
        return ValueTask.FromResult(OnDelete?.Invoke(request) ?? StateResult.Done);
    }

    public ValueTask<StateResult> TransactAsync(StateTransaction transaction, CancellationToken cancellationToken)
    {
        Transactions.Enqueue(transaction);
        return ValueTask.FromResult(OnTransact?.Invoke(transaction) ?? StateResult.Done);
    }
}
