namespace Serverless.Components.Workflows.Storage;

/// <summary>An event that waits for an instance's next turn.</summary>
/// <param name="Id">Tells it from a repetition: letters, digits, dots and hyphens, at most 100.</param>
/// <param name="ExecutionId">The execution it is meant for, null for whichever runs. One for another execution, or for an instance that has ended, is dropped.</param>
/// <param name="Event">The encoded event.</param>
internal sealed record InboxMessage(string Id, string? ExecutionId, ReadOnlyMemory<byte> Event);
