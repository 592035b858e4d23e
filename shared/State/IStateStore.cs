using Serverless.Components.Registry;

namespace Serverless.Components.State;

/// <summary>A state store. Keys arrive with their prefix; values are opaque bytes, normally JSON text.</summary>
/// <remarks>
/// Dapr docs: reference/api/state_api. Expected outcomes are values (<see cref="StateResult"/>); exceptions are for I/O and
/// vendor faults, and their message reaches the caller. Every successful write is durable when the call returns, gives a new
/// ETag, and is never repeated by the store itself when its fate is unknown.
/// </remarks>
public interface IStateStore : IComponent
{
    /// <summary>Reads one key; null when it is absent or expired.</summary>
    ValueTask<StateEntry?> GetAsync(StateGet request, CancellationToken cancellationToken);

    /// <summary>Writes one key.</summary>
    ValueTask<StateResult> SetAsync(StateSet request, CancellationToken cancellationToken);

    /// <summary>Deletes one key; an absent key without an ETag is a success.</summary>
    ValueTask<StateResult> DeleteAsync(StateDelete request, CancellationToken cancellationToken);
}
