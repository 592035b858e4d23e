namespace Serverless.Functions.Triggers;

/// <summary>What a group of components has of triggers in a process behind the Functions host.</summary>
/// <param name="Handlers">What works on the invocations of its functions.</param>
/// <param name="Status">What keeps events from where they belong.</param>
internal sealed record TriggerSet(IReadOnlyDictionary<TriggerFunction, TriggerHandler> Handlers, TriggerStatus Status);
