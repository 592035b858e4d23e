namespace Serverless.Components.State;

/// <summary>Operations to apply all or nothing.</summary>
/// <param name="Operations">The operations, in order; at least one.</param>
/// <param name="Metadata">Request metadata, for example <c>partitionKey</c>.</param>
public sealed record StateTransaction(IReadOnlyList<StateOperation> Operations, IReadOnlyDictionary<string, string> Metadata);
