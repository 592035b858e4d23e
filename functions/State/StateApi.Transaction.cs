using Serverless.Components.State;
using Serverless.Functions.Http;

namespace Serverless.Functions.State;

/// <summary>Several operations, all or nothing.</summary>
internal sealed partial class StateApi
{
    private Task TransactAsync(ApiRequest request) =>
        Check(request, out var store) is null && Unsupported(store!) is { } error
            ? request.FailAsync(error)
            : RunAsync(request, StateJson.ReadTransaction, StateErrors.Body, TransactAsync);

    private static async Task TransactAsync(ApiRequest request, StateStoreComponent component, TransactionBody body)
    {
        if ((Unsupported(component) ?? Refuse(body, component)) is { } error)
        {
            await request.FailAsync(error);
            return;
        }

        var transaction = ToTransaction(body, component, request.QueryMetadata());
        var result = transaction.Operations.Count == 0
            ? StateResult.Done
            : await StateCalls.TransactAsync(component.Transactional!, transaction, request.Aborted);
        await (result.Outcome == StateOutcome.Done ? Reply.EmptyAsync(request.Http) : request.FailAsync(StateErrors.Transaction(result.Message)));
    }

    private static DaprError? Unsupported(StateStoreComponent component) =>
        component.Transactional is not null && component.Capabilities.Contains("TRANSACTIONAL") ? null : StateErrors.NoTransactions(component.Name);

    // Dapr's order: each operation by itself, then their number. Nothing is applied when one of them is wrong.
    private static DaprError? Refuse(TransactionBody body, StateStoreComponent component)
    {
        foreach (var operation in body.Operations)
        {
            if (Fault(operation, component.Name) is { } fault)
            {
                return fault;
            }
        }

        return component.Transactional!.MaxTransactionOperations is > 0 and var most && body.Operations.Count > most
            ? StateErrors.TooManyOperations(component.Name, body.Operations.Count, most)
            : null;
    }

    private static StateTransaction ToTransaction(TransactionBody body, StateStoreComponent component, IReadOnlyDictionary<string, string> url) =>
        new(body.Operations.ConvertAll(operation => ToOperation(operation, component, url)), Merge(body.Metadata, url));

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
                Options = StateCalls.Options(item.Concurrency, item.Consistency),
                Metadata = Merge(item.Metadata, url),
            });
    }
}
