namespace Serverless.Components.State;

/// <summary>A read.</summary>
/// <param name="Key">The stored key.</param>
/// <param name="Consistency"><c>eventual</c>, <c>strong</c> or empty; reads do not check the word.</param>
/// <param name="Metadata">Request metadata.</param>
public readonly record struct StateGet(string Key, string Consistency, IReadOnlyDictionary<string, string> Metadata);
