using Serverless.Components.State;

namespace Serverless.Tests.Components.State;

/// <summary>What a state store with transactions and expiry must do besides.</summary>
public abstract partial class FullStateStoreContract : StateStoreContract
{
    private protected new ITransactionalStateStore Store => (ITransactionalStateStore)base.Store;

    private protected static StateTransaction Transaction(params object[] operations) => new(
        [.. operations.Select(operation => operation is StateSet set ? new StateOperation(set) : new StateOperation((StateDelete)operation))],
        StateMetadata.Empty);

    private protected async Task<StateOutcome> TransactAsync(params object[] operations) =>
        (await Store.TransactAsync(Transaction(operations), Cancellation)).Outcome;
}
