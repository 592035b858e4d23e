namespace Serverless.Components.Clients.AzureServiceBus;

/// <summary>A message to send.</summary>
internal sealed record ServiceBusMessage
{
    /// <summary>The content, any bytes.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>By which an entity that detects duplicates knows them; at most 128 characters.</summary>
    public string? MessageId { get; init; }

    public string? CorrelationId { get; init; }

    /// <summary>
    /// The type of the content, in printable ASCII. A message that has one is sent alone, with its properties as headers: each property's name
    /// must then be one that HTTP gives no meaning to, and its value printable ASCII.
    /// </summary>
    public string? ContentType { get; init; }

    /// <summary>At most 128 characters.</summary>
    public string? SessionId { get; init; }

    /// <summary>At most 128 characters; equal to the session when there is one.</summary>
    public string? PartitionKey { get; init; }

    /// <summary>The subject, which the protocol calls label.</summary>
    public string? Subject { get; init; }

    public string? ReplyTo { get; init; }

    public string? To { get; init; }

    /// <summary>After how long it is dropped; null leaves it to the entity.</summary>
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>When it can be received; null means at once.</summary>
    public DateTimeOffset? ScheduledOn { get; init; }

    /// <summary>The sender's own properties.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>();

    /// <summary>The id alone: the content belongs to its owners.</summary>
    public override string ToString() => MessageId ?? nameof(ServiceBusMessage);
}
