namespace Serverless.Components.Workflows.Storage;

/// <summary>The answer to a request for work.</summary>
/// <param name="Items">What was given out; the owner is set.</param>
/// <param name="NextDue">When the next free item is due at the earliest, as far as the store knows; null when it doesn't.</param>
internal sealed record ClaimResult(IReadOnlyList<WorkItem> Items, DateTimeOffset? NextDue);
