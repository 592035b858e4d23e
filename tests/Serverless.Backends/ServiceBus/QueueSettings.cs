namespace Serverless.Backends.ServiceBus;

/// <summary>A queue, or a subscription of a topic. The defaults are those of the service.</summary>
public sealed record QueueSettings(string Name)
{
    /// <summary>How long a message stays locked.</summary>
    public TimeSpan LockDuration { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Deliveries after which a message is dead.</summary>
    public int MaxDeliveryCount { get; init; } = 10;

    /// <summary>The longest life of a message; null means without end.</summary>
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>True when expired messages become dead letters, false when they vanish.</summary>
    public bool DeadLettersExpired { get; init; }

    /// <summary>How long ids of messages are remembered, for queues that refuse duplicates; null means not at all.</summary>
    public TimeSpan? DuplicateWindow { get; init; }
}
