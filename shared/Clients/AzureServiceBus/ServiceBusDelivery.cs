namespace Serverless.Components.Clients.AzureServiceBus;

/// <summary>A received message.</summary>
internal sealed record ServiceBusDelivery
{
    public required ReadOnlyMemory<byte> Body { get; init; }

    public string? ContentType { get; init; }

    public string? MessageId { get; init; }

    public string? CorrelationId { get; init; }

    public string? SessionId { get; init; }

    public string? PartitionKey { get; init; }

    /// <summary>The subject, which the protocol calls label.</summary>
    public string? Subject { get; init; }

    public string? ReplyTo { get; init; }

    public string? To { get; init; }

    /// <summary>How often it was delivered, this time included.</summary>
    public int DeliveryCount { get; init; }

    public long SequenceNumber { get; init; }

    public DateTimeOffset? EnqueuedOn { get; init; }

    /// <summary>The service's clock when it gave the message.</summary>
    public DateTimeOffset? ReceivedOn { get; init; }

    /// <summary>Until when nobody else gets it; null for one that was received for good.</summary>
    public DateTimeOffset? LockedUntil { get; init; }

    /// <summary>What it is completed, abandoned and kept by; null for one that was received for good.</summary>
    public ServiceBusLock? Lock { get; init; }

    /// <summary>The sender's own properties; names are not case-sensitive, and numbers and booleans stand as their text.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>();

    /// <summary>The id alone: the content belongs to its owners.</summary>
    public override string ToString() => MessageId ?? nameof(ServiceBusDelivery);
}
