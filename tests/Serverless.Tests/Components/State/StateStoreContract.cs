using System.Text;
using Serverless.Components.State;

namespace Serverless.Tests.Components.State;

/// <summary>What every state store must do; one subclass per type.</summary>
public abstract partial class StateStoreContract : IAsyncLifetime
{
    private protected ManualTimeProvider Clock { get; } = new();

    private protected IStateStore Store { get; private set; } = null!;

    private protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public virtual async ValueTask InitializeAsync()
    {
        Store = CreateStore();
        await Store.InitializeAsync(Cancellation);
    }

    public virtual async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected abstract IStateStore CreateStore();

    /// <summary>What a test's key is called in the store.</summary>
    private protected virtual string StoredKey(string key) => key;

    /// <summary>Lets the store's time pass.</summary>
    private protected virtual Task PassAsync(TimeSpan time)
    {
        Clock.Advance(time);
        return Task.CompletedTask;
    }

    private protected StateSet Set(string key, string value, string? etag = null, string concurrency = "", string consistency = "", string? ttl = null) => new()
    {
        Key = StoredKey(key),
        Value = Encoding.UTF8.GetBytes(value),
        ETag = etag,
        Options = new StateOptions(concurrency, consistency),
        Metadata = Metadata(ttl),
    };

    private protected StateDelete Delete(string key, string? etag = null, string concurrency = "", string consistency = "") => new()
    {
        Key = StoredKey(key),
        ETag = etag,
        Options = new StateOptions(concurrency, consistency),
    };

    private protected static IReadOnlyDictionary<string, string> Metadata(string? ttl) =>
        ttl is null ? StateMetadata.Empty : new Dictionary<string, string> { ["ttlInSeconds"] = ttl };

    private protected async Task<StateEntry?> GetAsync(string key) => await Store.GetAsync(new StateGet(StoredKey(key), "", StateMetadata.Empty), Cancellation);

    private protected async Task<string?> TextAsync(string key) => await GetAsync(key) is { } entry ? Encoding.UTF8.GetString(entry.Value.Span) : null;

    private protected async Task<string> ETagAsync(string key) => (await GetAsync(key))?.ETag ?? throw new InvalidOperationException($"no entry '{key}'");

    private protected async Task<StateOutcome> SetAsync(StateSet request) => (await Store.SetAsync(request, Cancellation)).Outcome;

    private protected async Task<StateOutcome> DeleteAsync(StateDelete request) => (await Store.DeleteAsync(request, Cancellation)).Outcome;
}
