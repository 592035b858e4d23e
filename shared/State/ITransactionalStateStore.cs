namespace Serverless.Components.State;

/// <summary>A state store that applies several operations all or nothing, in their order.</summary>
public interface ITransactionalStateStore : IStateStore
{
    /// <summary>Most operations one transaction may hold; null means no limit.</summary>
    int? MaxTransactionOperations { get; }

    /// <summary>Applies the operations in order; unless the result is <see cref="StateOutcome.Done"/> nothing has changed.</summary>
    ValueTask<StateResult> TransactAsync(StateTransaction transaction, CancellationToken cancellationToken);
}
