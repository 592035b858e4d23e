namespace Serverless.Components.Registry.Leases;

/// <summary>A lease as read.</summary>
/// <param name="Text">What its holders wrote; empty at first.</param>
/// <param name="Token">The token of the latest grant.</param>
/// <param name="HeldUntil">When to ask again whether the present holder still has it: its end, if the store tells that; null while nobody has it.</param>
public sealed record LeaseState(string Text, long Token, DateTimeOffset? HeldUntil);
