using System.Text.Json;
using Serverless.Components.State;
using Serverless.Functions.Http;

namespace Serverless.Functions.State;

/// <summary>Several operations, all or nothing.</summary>
internal sealed partial class StateApi
{
    private async Task TransactAsync(ApiRequest request)
    {
        if (Acquire(request, out var lease) is { } error)
        {
            await request.FailAsync(error);
            return;
        }

        using var held = lease;
        var component = held.Component;
        if (component.Transactional is not { } store || !component.Capabilities.Contains("TRANSACTIONAL"))
        {
            await request.FailAsync(StateErrors.NoTransactions(component.Name));
            return;
        }

        var (transaction, fault) = await ReadTransactionAsync(request, component, store.MaxTransactionOperations);
        if (fault is not null)
        {
            await request.FailAsync(fault);
            return;
        }

        var result = transaction.Operations.Count == 0
            ? StateResult.Done
            : await StateCalls.TransactAsync(store, transaction, request.Aborted);
        await (result.Outcome == StateOutcome.Done ? Reply.EmptyAsync(request.Http) : request.FailAsync(StateErrors.Transaction(result.Message)));
    }

    private async Task<(StateTransaction Transaction, DaprError? Error)> ReadTransactionAsync(
        ApiRequest request, StateStoreComponent component, int? mostOperations)
    {
        using var body = await RequestBody.ReadAsync(request.Http.Request, _options.MaxBodySize, request.Aborted);
        if (body.Fault is not null)
        {
            return (Nothing, StateErrors.Body(body.Fault));
        }

        try
        {
            return Check(StateJson.ReadTransaction(body.Bytes), component, mostOperations, request.QueryMetadata());
        }
        catch (JsonException exception)
        {
            return (Nothing, StateErrors.Body(exception.Message));
        }
    }

    private static StateTransaction Nothing => new([], StateMetadata.Empty);

    // Dapr's order: each operation by itself, then their number. Nothing is applied when one of them is wrong.
    private static (StateTransaction Transaction, DaprError? Error) Check(
        TransactionBody body, StateStoreComponent component, int? mostOperations, IReadOnlyDictionary<string, string> url)
    {
        foreach (var operation in body.Operations)
        {
            if (Fault(operation, component.Name) is { } fault)
            {
                return (Nothing, fault);
            }
        }

        if (mostOperations is > 0 && body.Operations.Count > mostOperations)
        {
            return (Nothing, StateErrors.TooManyOperations(component.Name, body.Operations.Count, mostOperations.Value));
        }

        var operations = body.Operations.ConvertAll(operation => ToOperation(operation, component, url));
        return (new StateTransaction(operations, Merge(body.Metadata, url)), null);
    }

    private static DaprError? Fault(TransactionOperation operation, string store) => operation switch
    {
        { Operation: not ("upsert" or "delete") } => StateErrors.UnknownOperation(operation.Operation),
        { Fault: { } fault } => StateErrors.Body(fault),
        { Request.Key: var key } when IsIllegal(key) => StateErrors.IllegalKey("", store, key),
        _ => null,
    };

    private static StateOperation ToOperation(TransactionOperation operation, StateStoreComponent component, IReadOnlyDictionary<string, string> url)
    {
        var item = operation.Request;
        return operation.Operation == "upsert"
            ? new StateOperation(ToSet(item, component, url))
            : new StateOperation(new StateDelete
            {
                Key = component.KeyPrefix.ToStored(item.Key),
                ETag = item.ETag,
                Options = Options(item.Concurrency, item.Consistency),
                Metadata = Merge(item.Metadata, url),
            });
    }
}
