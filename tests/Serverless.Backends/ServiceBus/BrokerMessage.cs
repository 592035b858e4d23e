using System.Text.Json.Nodes;

namespace Serverless.Backends.ServiceBus;

/// <summary>A message in one queue or subscription.</summary>
internal sealed class BrokerMessage(MessageContent content, long sequenceNumber)
{
    // What the service writes for a message without end: TimeSpan.MaxValue in seconds.
    private const double Endless = 922337203685.47754;

    public MessageContent Content => content;

    public long SequenceNumber => sequenceNumber;

    /// <summary>The number that it had in its topic, or in its queue before it died.</summary>
    public long EnqueuedSequenceNumber { get; init; }

    public DateTimeOffset EnqueuedAt { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public DateTimeOffset? ScheduledAt { get; set; }

    public int DeliveryCount { get; set; }

    public string? LockToken { get; set; }

    public DateTimeOffset? LockedUntil { get; set; }

    /// <summary>Why it is dead: reason and description, as properties.</summary>
    public IReadOnlyDictionary<string, string> DeathProperties { get; init; } = new Dictionary<string, string>();

    /// <summary>When time alone changes it: a lock or a wait that ends, or its life.</summary>
    public DateTimeOffset? NextChange => LockedUntil ?? ScheduledAt ?? ExpiresAt;

    public Delivery ToDelivery() => new(content, sequenceNumber, LockToken, DescribeBroker(), DeathProperties);

    /// <summary>The properties for the broker as a receiver gets them, in the order of their names.</summary>
    private JsonObject DescribeBroker()
    {
        var all = content.Broker.DeepClone().AsObject();
        all[nameof(DeliveryCount)] = DeliveryCount;
        all[nameof(EnqueuedSequenceNumber)] = EnqueuedSequenceNumber;
        all["EnqueuedTimeUtc"] = EnqueuedAt.ToString("R");
        all[nameof(SequenceNumber)] = sequenceNumber;
        all["State"] = "Active";
        all["TimeToLive"] = content.TimeToLive?.TotalSeconds ?? Endless;
        if (LockToken is not null)
        {
            all[nameof(LockToken)] = LockToken;
            all["LockedUntilUtc"] = LockedUntil!.Value.ToString("R");
        }

        if (content.ScheduledAt is { } scheduled)
        {
            all["ScheduledEnqueueTimeUtc"] = scheduled.ToString("R");
        }

        return new JsonObject(all.OrderBy(property => property.Key, StringComparer.Ordinal).Select(property => KeyValuePair.Create(property.Key, property.Value?.DeepClone())));
    }
}
