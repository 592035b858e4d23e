namespace Serverless.Components.Clients.AzureStorage.Queues;

/// <summary>A message of a queue.</summary>
internal sealed record QueueMessage
{
    /// <summary>What the service calls it.</summary>
    public required string Id { get; init; }

    /// <summary>What the message is deleted or updated with; null for one that was only looked at.</summary>
    public string? PopReceipt { get; init; }

    /// <summary>The text; empty for one that was just put.</summary>
    public string Text { get; init; } = "";

    /// <summary>How often it was received, this time included.</summary>
    public int DequeueCount { get; init; }

    /// <summary>When it was put.</summary>
    public DateTimeOffset InsertedOn { get; init; }

    /// <summary>When it is dropped.</summary>
    public DateTimeOffset ExpiresOn { get; init; }

    /// <summary>When others can receive it; null for one that was only looked at.</summary>
    public DateTimeOffset? NextVisibleOn { get; init; }

    /// <summary>The id alone: the text belongs to its owners.</summary>
    public override string ToString() => Id;
}
