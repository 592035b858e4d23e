namespace Serverless.Components.Clients.AzureStorage.Queues;

/// <summary>What became of the update of a message.</summary>
/// <param name="Outcome">The outcome; only <see cref="QueueOutcome.Done"/> has the rest.</param>
/// <param name="PopReceipt">What the message is deleted or updated with from now on: the former receipt is void.</param>
/// <param name="NextVisibleOn">When others can receive it.</param>
internal readonly record struct QueueUpdate(QueueOutcome Outcome, string? PopReceipt = null, DateTimeOffset? NextVisibleOn = null);
