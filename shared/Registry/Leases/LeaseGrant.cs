namespace Serverless.Components.Registry.Leases;

/// <summary>A lease that was granted.</summary>
/// <param name="Name">The lease.</param>
/// <param name="Holder">Who has it.</param>
/// <param name="Token">The fencing token: larger than that of every earlier grant of this lease.</param>
/// <param name="Duration">How long it lasts without a renewal.</param>
/// <param name="Text">What the holders before wrote; empty at first.</param>
public sealed record LeaseGrant(string Name, Guid Holder, long Token, TimeSpan Duration, string Text);
