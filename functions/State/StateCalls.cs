using Serverless.Components.State;
using Serverless.Functions.Http;

namespace Serverless.Functions.State;

/// <summary>
/// Calls of a store with what the runtime adds: encryption, and a store's exception becomes the text that the API reports.
/// Only the caller's own cancellation still flies.
/// </summary>
internal static class StateCalls
{
    /// <summary>Reads and decrypts; the fault is null when that worked.</summary>
    public static async ValueTask<(StateEntry? Entry, string? Fault)> GetAsync(
        StateStoreComponent component, StateGet request, CancellationToken cancellationToken)
    {
        try
        {
            var entry = await component.Store.GetAsync(request, cancellationToken);
            return component.Encryption is { } encryption && entry is not null
                ? (entry with { Value = encryption.Decrypt(entry.Value.Span) }, null)
                : (entry, null);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, Describe(exception));
        }
    }

    public static async ValueTask<StateResult> SetAsync(StateStoreComponent component, StateSet request, CancellationToken cancellationToken)
    {
        try
        {
            return await component.Store.SetAsync(request, cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            return StateResult.Rejected(Describe(exception));
        }
    }

    public static async ValueTask<StateResult> DeleteAsync(StateStoreComponent component, StateDelete request, CancellationToken cancellationToken)
    {
        try
        {
            return await component.Store.DeleteAsync(request, cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            return StateResult.Rejected(Describe(exception));
        }
    }

    public static async ValueTask<StateResult> TransactAsync(
        ITransactionalStateStore store, StateTransaction transaction, CancellationToken cancellationToken)
    {
        try
        {
            return await store.TransactAsync(transaction, cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            return StateResult.Rejected(Describe(exception));
        }
    }

    /// <summary>The write of an item, encrypted where the store is, under a key as it is to be stored.</summary>
    public static StateSet ToSet(StateStoreComponent component, StateItem item, string key, IReadOnlyDictionary<string, string> metadata)
    {
        var value = item.Value ?? JsonText.Null;
        return new StateSet
        {
            Key = key,
            Value = component.Encryption?.Encrypt(value) ?? value,
            IsBinary = component.Encryption is not null,
            ETag = item.ETag,
            Options = Options(item.Concurrency, item.Consistency),
            Metadata = metadata,
            ContentType = item.ContentType,
        };
    }

    public static StateOptions Options(string concurrency, string consistency) =>
        concurrency.Length + consistency.Length == 0 ? StateOptions.Default : new StateOptions(concurrency, consistency);

    private static string Describe(Exception exception) =>
        exception.Message.Length > 0 ? exception.Message : exception.GetType().Name;
}
