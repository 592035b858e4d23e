namespace Serverless.Backends.ServiceBus;

/// <summary>A topic; every subscription gets every message.</summary>
public sealed record TopicSettings(string Name, IReadOnlyList<QueueSettings> Subscriptions)
{
    /// <summary>How long ids of messages are remembered, for topics that refuse duplicates; null means not at all.</summary>
    public TimeSpan? DuplicateWindow { get; init; }
}
