using Serverless.Components.State;
using Serverless.Functions.Http;

namespace Serverless.Functions.State;

/// <summary>Saving one or several keys.</summary>
internal sealed partial class StateApi
{
    // Dapr starts all items at once; a store gains nothing from more than this.
    private const int MostParallelWrites = 64;

    private Task SaveAsync(ApiRequest request) => RunAsync(request, StateJson.ReadItems, DaprError.Malformed, SaveAsync);

    private static async Task SaveAsync(ApiRequest request, StateStoreComponent component, List<StateItem> items)
    {
        var (sets, illegal) = ToSets(items, component, request.QueryMetadata());
        if (illegal is not null)
        {
            await request.FailAsync(illegal);
            return;
        }

        StateResult[] results = sets is [var only]
            ? [await StateCalls.SetAsync(component, only, request.Aborted)]
            : await WriteAllAsync(component, sets, request.Aborted);
        await (Judge(component.Name, results) is { } failure ? request.FailAsync(failure) : Reply.EmptyAsync(request.Http));
    }

    // Every item is checked before the first one is written.
    private static (List<StateSet> Sets, DaprError? Error) ToSets(
        List<StateItem> items, StateStoreComponent component, IReadOnlyDictionary<string, string> metadata)
    {
        var sets = new List<StateSet>(items.Count);
        foreach (var item in items)
        {
            if (item.Key.Length == 0)
            {
                return ([], DaprError.Malformed("\"key\" is a required field"));
            }

            if (IsIllegal(item.Key))
            {
                return ([], StateErrors.IllegalKey(item.Key, component.Name, item.Key));
            }

            sets.Add(ToSet(item, component, metadata));
        }

        return (sets, null);
    }

    private static StateSet ToSet(StateItem item, StateStoreComponent component, IReadOnlyDictionary<string, string> metadata) =>
        StateCalls.ToSet(component, item, component.KeyPrefix.ToStored(item.Key), Merge(item.Metadata, metadata));

    private static async Task<StateResult[]> WriteAllAsync(StateStoreComponent component, List<StateSet> sets, CancellationToken cancellationToken)
    {
        var results = new StateResult[sets.Count];
        var limits = new ParallelOptions { MaxDegreeOfParallelism = MostParallelWrites, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, sets.Count, limits, async (index, cancellation) =>
            results[index] = await StateCalls.SetAsync(component, sets[index], cancellation));
        return results;
    }

    /// <summary>One error for all failed items: the most serious kind decides, all texts are reported.</summary>
    private static DaprError? Judge(string store, StateResult[] results)
    {
        if (Array.TrueForAll(results, result => result.Outcome == StateOutcome.Done))
        {
            return null;
        }

        var failed = Array.FindAll(results, result => result.Outcome != StateOutcome.Done);
        return StateErrors.Save(store, failed.Max(result => result.Outcome), string.Join('\n', failed.Select(result => result.Message)));
    }
}
